import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** One file of a table of cases. */
export interface Case {
  /** The file's name as a sentence: `a-step-without-a-folder.yaml` is "a step without a folder". */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  /** What the file holds; a test says which shape it expects. */
  readonly value: unknown;
}

/**
 * Reads every `*.yaml` of a folder, in order of names. Throws when there is none: a test over no case
 * would pass without testing anything.
 */
export const readCases = (folder: string | URL): readonly Case[] => {
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  const names = readdirSync(path)
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  if (names.length === 0) throw new Error(`There are no cases in ${path}`);
  return names.map((name) => {
    const file = join(path, name);
    return { name: name.slice(0, -".yaml".length).replaceAll("-", " "), file, value: parse(readFileSync(file, "utf8")) };
  });
};
