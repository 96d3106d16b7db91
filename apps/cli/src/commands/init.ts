import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError, parseWorkshopName, stepJsonSchema, suggest, workshopJsonSchema } from "@atelier/domain";
import type { Context } from "../context.ts";
import { starterFiles } from "../init/starter.ts";

const examples = fileURLToPath(new URL("../../../../examples", import.meta.url));

interface InitOptions {
  readonly from?: string;
  readonly name?: string;
  readonly title?: string;
  readonly ci?: "github" | "gitlab";
  readonly force?: boolean;
}

export default async (context: Context, [path = "."]: readonly string[], options: InitOptions): Promise<number> => {
  const { reporter } = context;
  const folder = context.path(path);
  const present = existsSync(folder) ? (await readdir(folder)).filter((name) => name !== ".git") : [];
  if (present.length > 0 && options.force !== true)
    throw new AppError("folder-not-empty", `${folder} is not empty.`, {
      hint: "Choose another folder, or say --force: files that exist already stay as they are.",
    });
  const written =
    options.from === undefined ? await writeStarter(folder, options) : await copyExample(folder, options.from);
  await writeSchemas(folder);
  reporter.info(`Made a workshop in ${folder}:`);
  for (const file of written) reporter.result(relative(context.cwd, join(folder, file)));
  reporter.info(`Try it: atelier run ${relative(context.cwd, folder) || "."}`);
  return 0;
};

const writeStarter = async (folder: string, options: InitOptions): Promise<readonly string[]> => {
  const wanted =
    options.name ??
    basename(folder)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "");
  const name = parseWorkshopName(wanted);
  if (name === undefined)
    throw new AppError("bad-name", `"${wanted}" is not a workshop name.`, {
      hint: "Use lower-case letters, digits and hyphens, at most 63: atelier init --name my-workshop",
    });
  const title =
    options.title ??
    name
      .split("-")
      .map((word) => word[0]?.toUpperCase() + word.slice(1))
      .join(" ");
  const written: string[] = [];
  for (const [file, text] of Object.entries(starterFiles({ name, title, ci: options.ci }))) {
    const target = join(folder, file);
    if (existsSync(target)) continue;
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
    written.push(file);
  }
  return written;
};

const copyExample = async (folder: string, example: string): Promise<readonly string[]> => {
  const names = existsSync(examples)
    ? (await readdir(examples, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name)
    : [];
  if (!names.includes(example)) {
    const near = suggest(example, names);
    throw new AppError("bad-value", `There is no example "${example}".`, {
      hint: `${near === undefined ? "" : `Did you mean ${near}? `}Examples: ${names.join(", ")}`,
    });
  }
  await cp(join(examples, example), folder, { recursive: true, force: false, errorOnExist: false });
  // The example's own name stays: it is a workshop to read first and to rename later.
  return [
    "workshop.yaml",
    ...(await readFile(join(folder, "workshop.yaml"), "utf8")).matchAll(/^ {2}- ([a-z0-9-]+)$/gm),
  ].map((match) => (typeof match === "string" ? match : `steps/${match[1]}/`));
};

/** Beside the workshop, so that editors find them without a network. */
const writeSchemas = async (folder: string): Promise<void> => {
  const target = join(folder, ".atelier/schema");
  await mkdir(target, { recursive: true });
  await writeFile(join(target, "workshop.schema.json"), `${JSON.stringify(workshopJsonSchema(), null, 2)}\n`);
  await writeFile(join(target, "step.schema.json"), `${JSON.stringify(stepJsonSchema(), null, 2)}\n`);
};
