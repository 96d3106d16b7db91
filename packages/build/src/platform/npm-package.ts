import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { promisify } from "node:util";
import { createGunzip } from "node:zlib";
import { AppError } from "@atelier/domain";
import { readTar } from "@atelier/node-kit";
import { temporaryFolder } from "../drafts/process-drafts.ts";
import { packageIntegrity } from "./platform-versions.ts";

const run = promisify(execFile);

export interface PackageFile {
  /** Path below the package's folder, e.g. `bin/node`. */
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
}

/** Throws `AppError` `platform-part-changed` unless the bytes are the ones that were pinned. */
export const requireIntegrity = (spec: string, tarball: Uint8Array): void => {
  const actual = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  const pinned = packageIntegrity[spec];
  if (pinned === undefined) throw new Error(`${spec} has no entry in packageIntegrity`);
  if (pinned !== actual)
    throw new AppError("platform-part-changed", `npm's registry answered with another ${spec} than the known one.`, {
      hint: "Something between you and the registry replaces packages; point npm at the registry itself and build again.",
    });
};

/**
 * Fetches one package as npm would publish it and answers its files. The tarball is the target
 * architecture's, whatever this machine is: nothing of this machine's `node_modules` gets into an image.
 */
export const fetchPackage = async (
  name: string,
  version: string,
  signal: AbortSignal,
): Promise<readonly PackageFile[]> => {
  const folder = await temporaryFolder("npm");
  try {
    const { stdout } = await run(
      "npm",
      ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder, `${name}@${version}`],
      {
        cwd: folder,
        signal,
        maxBuffer: 1 << 20,
      },
    ).catch((cause: Error & { stderr?: string }) => {
      signal.throwIfAborted();
      throw new AppError(
        "platform-part-missing",
        `npm could not fetch ${name}@${version}: ${(cause.stderr ?? cause.message).trim().split("\n").at(-1)}`,
        {
          hint: "Check that npm reaches its registry (`npm ping`); it is needed once per version of the platform.",
          cause,
        },
      );
    });
    const tarball = await readFile(join(folder, stdout.trim().split("\n").at(-1) ?? ""));
    requireIntegrity(`${name}@${version}`, tarball);
    return await filesIn(tarball);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The files of a package's tarball. Throws what makes it unreadable. */
export const filesIn = async (tarball: Uint8Array): Promise<readonly PackageFile[]> => {
  const files: PackageFile[] = [];
  // A failure of the source is the reader's to hear.
  const content = pipeline(Readable.from([tarball]), createGunzip(), () => undefined);
  for await (const entry of readTar(content)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk);
    if (entry.header.type === "file")
      files.push({
        path: entry.header.name.replace(/^[^/]+\//, ""),
        mode: entry.header.mode ?? 0o644,
        content: Buffer.concat(chunks),
      });
  }
  return files;
};
