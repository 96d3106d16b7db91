import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { capabilities, stepJsonSchema, templateJsonSchema, workshopJsonSchema } from "@atelier/domain";
import { root } from "../gate/root.ts";
import { capabilitiesPage, diagnosticsPage, templatePage } from "./reference-pages.ts";

/** A file below `docs/reference/` that is made from the code and never edited. */
interface GeneratedFile {
  /** Relative to the root. */
  readonly path: string;
  readonly text: string;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Every generated file as it should be. */
export const generatedFiles = (): readonly GeneratedFile[] => [
  { path: "docs/reference/schema/workshop.schema.json", text: json(workshopJsonSchema()) },
  { path: "docs/reference/schema/step.schema.json", text: json(stepJsonSchema()) },
  { path: "docs/reference/schema/template.schema.json", text: json(templateJsonSchema()) },
  { path: "docs/reference/capabilities.json", text: json(capabilities) },
  { path: "docs/reference/capabilities.md", text: capabilitiesPage() },
  { path: "docs/reference/diagnostics.md", text: diagnosticsPage() },
  { path: "docs/reference/template.md", text: templatePage() },
];

const isCurrent = ({ path, text }: GeneratedFile): boolean =>
  existsSync(join(root, path)) && readFileSync(join(root, path), "utf8") === text;

/** Paths of generated files that are missing or differ from what the code says. */
export const outdatedFiles = (): readonly string[] =>
  generatedFiles()
    .filter((file) => !isCurrent(file))
    .map(({ path }) => path);

/** Writes what is outdated and answers the paths that were written. */
export const writeGeneratedFiles = (): readonly string[] => {
  const outdated = generatedFiles().filter((file) => !isCurrent(file));
  for (const { path, text } of outdated) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return outdated.map(({ path }) => path);
};
