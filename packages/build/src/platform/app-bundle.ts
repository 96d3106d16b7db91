import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "@atelier/domain";
import { isAlive } from "../docker/build-labels.ts";
import { entriesOfFolder, type TarEntry } from "../tar/make-tar.ts";
import { digestOfFiles } from "./digest-of-files.ts";
import { onlyEnglish } from "./only-english.ts";

/** Our own programs inside the student container: server, shell integration, student UI. */
export interface AppBundle {
  /** Folder that becomes `/opt/atelier`'s light half. */
  readonly folder: string;
  /** Over what is in it: a comment in a source changes no image. */
  readonly digest: string;
}

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const sources = [
  "apps/workspace-server/src",
  "apps/workspace-server/shell-integration",
  "apps/student-ui",
  "apps/instructor-ui",
  "packages/domain/src",
  "packages/contract/src",
  "packages/node-kit/src",
  "packages/ui",
  "package-lock.json",
  // The recipe itself: other options make another bundle.
  "packages/build/src/platform/app-bundle.ts",
  "packages/build/src/platform/only-english.ts",
  "packages/build/src/chain",
  "packages/build/src/dagger/take-layers.ts",
  "packages/build/src/dagger/take-layers-main.ts",
];
/** Below the sources, but not in the bundle. */
const isLeftOut = (name: string): boolean =>
  ["node_modules", "dist", "testing", "cases"].includes(name) || name.includes(".test.");

/** Entry points of the server's bundle, by the name of the file they become. */
const serverEntries = {
  main: "apps/workspace-server/src/main.ts",
  "receive-config": "apps/workspace-server/src/receive-config/main.ts",
  "save-file": "apps/workspace-server/src/content/save-file/main.ts",
  "file-worker": "apps/workspace-server/src/files/worker/main.ts",
  "checkpoint-worker": "apps/workspace-server/src/checkpoints/worker/main.ts",
  // Builds only: puts files into a container that may have no tar.
  "place-files": "packages/build/src/chain/place-files-main.ts",
  // Dagger alone: leaves out of an image what is known already.
  "take-layers": "packages/build/src/dagger/take-layers-main.ts",
} as const;

/**
 * The bundle of the sources as they are now. `ATELIER_APP_BUNDLE` names a ready one (an installed CLI
 * brings it); a checkout bundles by itself and keeps the result by the digest of its sources.
 */
export const ensureAppBundle = async (env: Readonly<Record<string, string | undefined>>): Promise<AppBundle> => {
  const ready = env.ATELIER_APP_BUNDLE;
  if (ready) {
    if (!existsSync(join(ready, "server/main.mjs")))
      throw new AppError(
        "platform-part-missing",
        `ATELIER_APP_BUNDLE names ${ready}, which holds no server/main.mjs.`,
        {
          hint: "Unset ATELIER_APP_BUNDLE, or point it at the folder that the installation brought.",
        },
      );
    return { folder: ready, digest: (await writtenDigest(ready)) ?? (await digestOfFiles(ready, ["."])) };
  }
  const sourceDigest = await digestOfFiles(repository, sources, isLeftOut);
  const cache = join(repository, "node_modules/.cache/atelier");
  const folder = join(cache, `app-${sourceDigest.slice(0, 16)}`);
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}`;
    await mkdir(join(draft, "server"), { recursive: true });
    try {
      await bundleServer(join(draft, "server"));
      await bundleUi("apps/student-ui", join(draft, "ui"));
      await bundleUi("apps/instructor-ui", join(draft, "instructor-ui"));
      await cp(join(repository, "apps/workspace-server/shell-integration"), join(draft, "shell"), { recursive: true });
      await rename(draft, folder).catch(async (error: NodeJS.ErrnoException) => {
        // Another build of the same sources was quicker.
        if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  // Used now: the last to be dropped.
  const now = new Date();
  await utimes(folder, now, now);
  await dropOldBundles(cache, folder);
  return { folder, digest: await digestOfFiles(folder, ["."]) };
};

/** What an installed CLI's packing wrote down of the folder beside it: every build would read all of it else. */
const writtenDigest = async (folder: string): Promise<string | undefined> => {
  const text = await readFile(digestFileOf(folder), "utf8").catch(() => "");
  return /^[0-9a-f]{64}$/.test(text) ? text : undefined;
};

/** Where the digest of a ready bundle may stand. */
export const digestFileOf = (folder: string): string => `${folder}.digest`;

/** The bundle as entries of a layer. */
export const appEntries = (bundle: AppBundle): Promise<readonly TarEntry[]> =>
  entriesOfFolder(bundle.folder, "opt/atelier");

const bundleServer = async (folder: string): Promise<void> => {
  const { build } = await import("esbuild");
  await build({
    entryPoints: Object.entries(serverEntries).map(([out, file]) => ({ out, in: join(repository, file) })),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    platform: "node",
    target: "node26",
    format: "esm",
    minify: true,
    keepNames: true,
    legalComments: "none",
    external: ["@lydell/node-pty"],
    plugins: [onlyEnglish],
    // CommonJS dependencies call require for Node's own modules.
    banner: {
      js: 'import { createRequire as __atelierRequire } from "node:module"; const require = __atelierRequire(import.meta.url);',
    },
    logLevel: "error",
  });
};

const bundleUi = async (app: string, outDir: string): Promise<void> => {
  const { build } = await import("vite");
  await build({ root: join(repository, app), logLevel: "error", build: { outDir, emptyOutDir: true } });
};

const keptBundles = 3;

const dropOldBundles = async (cache: string, current: string): Promise<void> => {
  const bundles: { readonly path: string; readonly time: number }[] = [];
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const [, , pid] = /^app-([0-9a-f]{16})(?:\.(\d+))?$/.exec(name) ?? [];
    if (pid !== undefined) {
      // A draft of a build that was killed.
      if (!isAlive(Number(pid))) await rm(path, { recursive: true, force: true });
    } else if (name.startsWith("app-") && path !== current) {
      // Another build may have dropped it meanwhile.
      const time = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
      bundles.push({ path, time });
    }
  }
  for (const { path } of bundles.sort((a, b) => b.time - a.time).slice(keptBundles - 1))
    await rm(path, { recursive: true, force: true });
};
