import { type Base, type Diagnostic, fileAt, readYaml, type SourceTree, type Workshop } from "@atelier/domain";
import { z } from "zod";

/** Programs that install packages, in the order in which they are looked for, with what makes each install one. */
const installers = [
  ["apk", (name: string) => `RUN apk add --no-cache ${name}`],
  ["apt-get", (name: string) => `RUN apt-get update && apt-get install -y ${name} && rm -rf /var/lib/apt/lists/*`],
  ["dnf", (name: string) => `RUN dnf install -y ${name} && dnf clean all`],
  ["microdnf", (name: string) => `RUN microdnf install -y ${name} && microdnf clean all`],
  ["zypper", (name: string) => `RUN zypper --non-interactive install ${name}`],
  ["pacman", (name: string) => `RUN pacman -Sy --noconfirm ${name}`],
] as const;

export const baseFactsSchema = z.object({
  bash: z.boolean(),
  sudo: z.boolean(),
  /** The program that installs packages; absent where none is known. */
  installer: z.string().optional(),
});

/** What a base brings of that which workshops take for granted; kept with the image that stands on it. */
export type BaseFacts = z.infer<typeof baseFactsSchema>;

/** Whether a base has a program in one of the places where such programs are. */
export type HasProgram = (name: string) => Promise<boolean>;

export const findInstaller = async (has: HasProgram): Promise<string | undefined> => {
  const found = await Promise.all(installers.map(([name]) => has(name)));
  return installers[found.indexOf(true)]?.[0];
};

interface BaseInWorkshop {
  readonly base: Base;
  readonly workshop: Pick<Workshop, "sudo" | "shell">;
  readonly tree: SourceTree;
}

/** What a base lacks that a workshop uses, each with the line of `workshop.yaml` that asks for it and what to write. */
export const baseLacks = (facts: BaseFacts, { base, workshop, tree }: BaseInWorkshop): readonly Diagnostic[] => {
  const found: Diagnostic[] = [];
  const name = base.kind === "image" ? base.image : base.containerFile;
  const isWritten = workshop.shell !== undefined;
  if (!facts.bash && (!isWritten || workshop.shell?.endsWith("/bash")))
    found.push({
      code: "base-lacks",
      severity: "warning",
      ...lineOf(tree, isWritten ? ["workshop", "shell"] : pathOf(base)),
      message: `${name} has no bash, so terminals open /bin/sh.`,
      remedy: `${installing("bash", { base, facts })}${isWritten ? "" : ", or say `shell: /bin/sh` below `workshop:`"}.`,
    });
  if (!facts.sudo && workshop.sudo)
    found.push({
      code: "base-lacks",
      severity: "warning",
      ...lineOf(tree, ["workshop", "sudo"]),
      message: `${name} has no sudo, which \`sudo: true\` is for.`,
      remedy: `${installing("sudo", { base, facts })}, or install it in the first step's commands.`,
    });
  return found;
};

/** The diagnostic of a base that nothing can run in. */
export const withoutShell = ({ base, tree }: Pick<BaseInWorkshop, "base" | "tree">): Diagnostic => ({
  code: "base-lacks",
  severity: "error",
  ...lineOf(tree, pathOf(base)),
  message: `${base.kind === "image" ? base.image : base.containerFile} has no /bin/sh, which commands and terminals need.`,
  remedy:
    "Choose a base with a shell, or add one in a base.containerFile (a static busybox linked as /bin/sh is enough).",
});

const pathOf = (base: Base): readonly string[] => ["base", base.kind === "image" ? "image" : "containerFile"];

const lineOf = (tree: SourceTree, path: readonly string[]): Pick<Diagnostic, "path" | "at"> => {
  const file = fileAt(tree, "workshop.yaml");
  return { path: path.join("."), ...(file ? { at: readYaml("workshop.yaml", file.bytes).valueAt(path) } : {}) };
};

/** What to write so that a base has a program, as half a sentence. */
const installing = (name: string, { base, facts }: { readonly base: Base; readonly facts: BaseFacts }): string => {
  const line = installers.find(([installer]) => installer === facts.installer)?.[1](name);
  if (base.kind === "containerFile")
    return line === undefined ? `Add ${name} in ${base.containerFile}` : `Add \`${line}\` to ${base.containerFile}`;
  const file = `\`FROM ${base.image}\` and ${line === undefined ? `what installs ${name}` : `\`${line}\``}`;
  return `Write \`containerFile: base/Containerfile\` here instead, with ${file} in that file`;
};
