import type { ChainImage, PlanLayer, PlannedFile } from "@atelier/domain";

export type CommandLayer = Extract<PlanLayer, { readonly kind: "command" }>;

/** Layers that are made in one go: files are put in place, then the command runs on them. */
export interface LayerGroup {
  readonly files: readonly PlannedFile[];
  /** The steps' whole environment so far. */
  readonly env: Readonly<Record<string, string>>;
  readonly command?: CommandLayer;
  readonly label: string;
}

export interface StepGroups {
  readonly step: string;
  readonly groups: readonly LayerGroup[];
  /** The environment of the step's image. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Cuts every step's layers behind each command: what stands before a command costs no image of its own.
 * An environment is configuration and makes no layer at all.
 */
export const groupLayers = (chain: readonly ChainImage[]): readonly StepGroups[] => {
  let env: Readonly<Record<string, string>> = {};
  return chain.map(({ step, layers }) => {
    const groups: LayerGroup[] = [];
    let files: readonly PlannedFile[] = [];
    for (const layer of layers) {
      if (layer.kind === "env") env = { ...env, ...layer.env };
      else if (layer.kind === "files") files = [...files, ...layer.files];
      else {
        groups.push({ files, env, command: layer, label: layer.run.trim().split("\n", 1)[0] ?? "" });
        files = [];
      }
    }
    if (files.length > 0) groups.push({ files, env, label: `${files.length} files` });
    return { step, groups, env };
  });
};

/** The same files come into the same image in another way with this code: then a layer that is kept is another one. */
const filesVersion = 2;

/** What a group's result depends on, besides the image below and the student's numbers. */
export const inputOf = ({ files, env, command }: LayerGroup): unknown => [
  files.length > 0 ? [filesVersion, files] : [],
  env,
  command ? [command.run, command.user, command.cwd, command.secrets] : null,
];

/** The steps that a request asks for: all, or those up to the only one that is wanted. */
export const wantedChain = (chain: readonly ChainImage[], only: string | undefined): readonly ChainImage[] =>
  only === undefined ? chain : chain.slice(0, chain.findIndex(({ step }) => step === only) + 1);

/** Steps that somebody wants to see made again: the one that is named, whether or not it makes a layer, and all later ones. */
export const stepsAgain = (
  chain: readonly { readonly step: string }[],
  fromStep: string | undefined,
): readonly string[] => {
  const first = chain.findIndex(({ step }) => step === fromStep);
  return first === -1 ? [] : chain.slice(first).map(({ step }) => step);
};
