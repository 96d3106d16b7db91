import { writeFile } from "node:fs/promises";
import type { Container } from "@dagger.io/dagger";
import { platformPaths } from "@atelier/contract";

/** So many bytes come as text of a command; more come as a file. */
const mostAsText = 256 * 1024;

const archivePath = "/opt/atelier/.image";
/** In memory no longer than its container: nothing of it is kept. */
const layersPath = "/tmp/atelier-layers";

/**
 * Has Dagger write a container down and take out of it, where it is, the layers that are known here already: the
 * lowest ones, those of the ground. Sending a whole image takes seconds, and what a step adds is small. `ground`
 * is a container that brings our own Node; the file is an OCI archive without the blobs of the known layers.
 */
export const exportLayers = async (
  container: Container,
  { ground, known, file }: { readonly ground: Container; readonly known: number; readonly file: string },
): Promise<void> => {
  const taken = ground
    .withMountedFile(archivePath, container.asTarball())
    .withExec(
      [
        platformPaths.node,
        `${platformPaths.root}/server/take-layers.mjs`,
        archivePath,
        layersPath,
        String(known),
        String(mostAsText),
      ],
      { noInit: true },
    );
  const text = await taken.stdout();
  if (text === "") await taken.file(layersPath).export(file);
  else await writeFile(file, Buffer.from(text, "base64"));
};
