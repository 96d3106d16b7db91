import type { Diagnostic } from "../problem/diagnostic.ts";

/** As many layers as the Docker engine stacks: `maxLayerDepth` of moby's layer store. */
export const mostLayers = 125;

/** Atelier's own layers below the first step's: runtime, server, student. The base's are below these. */
const layersBelow = 3;

/** Atelier's own layers on top of every step: the pages, and what the image says of itself. */
export const layersOnTop = 2;

/** As many as the steps can have on any base: one has a layer at least. */
export const roomForSteps = mostLayers - 1 - layersBelow - layersOnTop;

/** Layers that a step makes. Its files share the first command's; an environment makes none. */
export const layersOfStep = ({
  files = [],
  commands = [],
}: {
  readonly files?: readonly unknown[] | undefined;
  readonly commands?: readonly unknown[] | undefined;
}): number => commands.length || Math.min(files.length, 1);

/** What to say of steps that make more layers than there is room for; `where` is what goes beyond it. */
export const tooManyLayers = (
  { made, room }: { readonly made: number; readonly room: number },
  where: Pick<Diagnostic, "path" | "at">,
): Diagnostic => ({
  code: "too-many-layers",
  severity: "error",
  ...where,
  message: `The steps make ${made} layers, and the engine takes ${room} of them on ${room < roomForSteps ? "this" : "any"} base.`,
  remedy:
    room > 0
      ? `Join at least ${made - room} commands with their neighbours: several lines below one \`run: |\` are one layer.`
      : "Choose a base with fewer layers.",
});
