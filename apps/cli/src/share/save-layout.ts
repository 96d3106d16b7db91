import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BlobStore, LayoutImage } from "@atelier/build";
import type { Context } from "../context.ts";

export interface SavedLayout extends AsyncDisposable {
  readonly folder: string;
  readonly index: BlobStore["index"];
}

/** Where a state directory has them while they are sent or packed. */
export const layoutsIn = (statePath: string): string => join(statePath, "layouts");

/** Process that made a layout, by its folder's name: as long as it runs, it may want it. */
export const makerOf = (name: string): number => Number(/^layout-(\d+)-/.exec(name)?.[1] ?? Number.NaN);

/** Images of the engine as an OCI layout in a folder of the state directory that goes when it is disposed of. */
export const saveLayout = async (context: Context, images: readonly LayoutImage[]): Promise<SavedLayout> => {
  const { writeLayout } = await import("@atelier/build");
  const [engine, state] = [await context.engine(), await context.state()];
  const parent = layoutsIn(state.path);
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, `layout-${process.pid}-`));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const saved = await engine.saveImages([...new Set(images.map(({ id }) => id))], context.signal);
    const index = await writeLayout(saved, { folder, images });
    return { folder, index, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
};
