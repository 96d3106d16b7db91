import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { entriesOfFolder, type TarEntry } from "../tar/make-tar.ts";

/** Our own programs inside the student container: server, shell integration, student UI. */
export interface AppBundle {
  /** Folder that becomes `/opt/atelier`'s light half. */
  readonly folder: string;
  readonly digest: string;
}

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const sources = [
  "apps/workspace-server/src",
  "apps/workspace-server/shell-integration",
  "apps/student-ui",
  "packages/domain/src",
  "packages/contract/src",
  "packages/node-kit/src",
  "packages/ui",
  "package-lock.json",
];

/** Entry points of the server's bundle, by the name of the file they become. */
const serverEntries = {
  main: "apps/workspace-server/src/main.ts",
  "receive-config": "apps/workspace-server/src/receive-config/main.ts",
  "checkpoint-worker": "apps/workspace-server/src/checkpoints/worker/main.ts",
} as const;

/**
 * The bundle of the sources as they are now. `ATELIER_APP_BUNDLE` names a ready one (an installed CLI
 * brings it); a checkout bundles by itself and keeps the result by the digest of its sources.
 */
export const ensureAppBundle = async (env: Readonly<Record<string, string | undefined>>): Promise<AppBundle> => {
  const ready = env.ATELIER_APP_BUNDLE;
  if (ready) return { folder: ready, digest: await digestOfFiles([ready]) };
  const digest = await digestOfFiles(sources.map((path) => join(repository, path)));
  const cache = join(repository, "node_modules/.cache/atelier");
  const folder = join(cache, `app-${digest.slice(0, 16)}`);
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}`;
    await mkdir(join(draft, "server"), { recursive: true });
    try {
      await bundleServer(join(draft, "server"));
      await bundleUi(join(draft, "ui"));
      await copyFolder(join(repository, "apps/workspace-server/shell-integration"), join(draft, "shell"));
      await rename(draft, folder).catch(async (error: NodeJS.ErrnoException) => {
        // Another build of the same sources was quicker.
        if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    await dropOldBundles(cache, folder);
  }
  return { folder, digest };
};

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
    // CommonJS dependencies call require for Node's own modules.
    banner: {
      js: 'import { createRequire as __atelierRequire } from "node:module"; const require = __atelierRequire(import.meta.url);',
    },
    logLevel: "error",
  });
};

const bundleUi = async (outDir: string): Promise<void> => {
  const { build } = await import("vite");
  await build({ root: join(repository, "apps/student-ui"), logLevel: "error", build: { outDir, emptyOutDir: true } });
};

const copyFolder = async (from: string, to: string): Promise<void> => {
  const { cp } = await import("node:fs/promises");
  await cp(from, to, { recursive: true });
};

const keptBundles = 3;

const dropOldBundles = async (cache: string, current: string): Promise<void> => {
  const { stat } = await import("node:fs/promises");
  const bundles = await Promise.all(
    (await readdir(cache))
      .filter((name) => /^app-[0-9a-f]{16}$/.test(name))
      .map(async (name) => ({ path: join(cache, name), time: (await stat(join(cache, name))).mtimeMs })),
  );
  for (const { path } of bundles.sort((a, b) => b.time - a.time).slice(keptBundles))
    if (path !== current) await rm(path, { recursive: true, force: true });
};

/** SHA-256 over names and contents of everything below the paths, tests and build output excepted. */
const digestOfFiles = async (paths: readonly string[]): Promise<string> => {
  const hash = createHash("sha256");
  const visit = async (path: string): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOTDIR") return undefined;
      if (error.code === "ENOENT") return [];
      throw error;
    });
    if (entries === undefined) {
      hash
        .update(path.startsWith(repository) ? path.slice(repository.length) : path)
        .update("\0")
        .update(await readFile(path))
        .update("\0");
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
      if (!["node_modules", "dist", "testing", "cases"].includes(entry.name) && !entry.name.includes(".test."))
        await visit(join(path, entry.name));
  };
  for (const path of paths) await visit(path);
  return hash.digest("hex");
};
