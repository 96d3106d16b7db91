import { capability } from "../capability/capabilities.ts";
import type { Backend } from "../capability/capability.ts";
import { describeSchema } from "../spec/shape/describe.ts";
import { schemaAt } from "../spec/shape/schema-at.ts";
import { type TemplateKey, templateKeys } from "./template-keys.ts";
import { templateSchema } from "./template-schema.ts";

/** The schema's own words for a key. Descriptions stand on the optional wrapper, which `schemaAt` takes off. */
const meaning = (path: string): string => {
  const parts = ["spec", ...path.split(".")];
  const holder = schemaAt(templateSchema, parts.slice(0, -1));
  const shape = (
    holder?._zod.def as { readonly shape?: Readonly<Record<string, { readonly description?: string }>> } | undefined
  )?.shape;
  return shape?.[parts.at(-1) ?? ""]?.description ?? "";
};

const value = (path: string): string => {
  const schema = schemaAt(templateSchema, ["spec", ...path.split(".")]);
  return schema === undefined ? "" : describeSchema(schema);
};

const standing = (key: TemplateKey, backend: Backend): string => {
  if (backend === "kubernetes") return "not yet";
  if (key.honouredBy !== undefined) return key.honouredBy;
  if (key.detailOf !== undefined) return `with \`${key.detailOf}\``;
  const only = key.harmless === undefined ? "" : `only ${key.harmless.map((item) => `\`${item}\``).join(", ")}; else `;
  const level = key.capability === undefined ? "yes" : capability(key.capability)[backend];
  return `${only}${level === "no" ? "refused: needs Kubernetes" : "refused: not in this version"}`;
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Every key of a template as a Markdown table: meaning, value, default, who honours it. */
export const templateKeysMarkdown = (): string =>
  [
    "| key (below `spec`) | meaning | value | default | docker | kubernetes |",
    "|---|---|---|---|---|---|",
    ...templateKeys.map((key) => {
      const fallback = key.default === undefined ? "–" : `\`${JSON.stringify(key.default)}\``;
      const cells = [`\`${key.path}\``, meaning(key.path), value(key.path), fallback];
      return `| ${[...cells, standing(key, "docker"), standing(key, "kubernetes")].map(cell).join(" | ")} |`;
    }),
    "",
  ].join("\n");
