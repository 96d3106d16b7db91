import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "@atelier/backend-docker";
import { platformPaths } from "@atelier/contract";
import { AppError, labels, platformContract } from "@atelier/domain";
import { mirrorFor, parseAptSources } from "../base/apt-mirror.ts";
import { type ResolveBaseOptions, resolveBase } from "../base/resolve-base.ts";
import { buildLabels } from "../docker/build-labels.ts";
import { readFolderInContainer, readInContainer } from "../ground/read-container.ts";
import { makeTar, type TarEntry } from "../tar/make-tar.ts";
import { checkRuntime } from "./check-runtime.ts";
import { fetchPackage } from "./npm-package.ts";
import { architectures, type Platform, platformVersions } from "./platform-versions.ts";

export interface RuntimeLayerOptions {
  readonly engine: Engine;
  /** What the layer is for. */
  readonly platform: Platform;
  /** What the engine runs on; the layer of another platform is assembled there all the same. */
  readonly native: Platform;
  readonly stateId: string;
  readonly memory: ResolveBaseOptions["memory"];
  readonly loginFor: ResolveBaseOptions["loginFor"];
  readonly now: () => number;
  /** Variables through which a container reaches the outside. */
  readonly proxies: Readonly<Record<string, string>>;
  readonly onNotice: (message: string) => void;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface RuntimeLayer {
  /** An image that holds `/opt/atelier` and nothing else. */
  readonly image: string;
  readonly digest: string;
  readonly isCached: boolean;
}

const assemblyScript = fileURLToPath(new URL("../../../../images/platform/assemble.sh", import.meta.url));

/**
 * The heavy half of the platform layer: Node, goss, tini, setpriv, flock, dash, their libraries and loader,
 * terminfo and CA certificates. Assembled once per engine and version, inside a Debian container of the
 * engine's architecture, and kept as an image of its own.
 */
export const ensureRuntimeLayer = async (options: RuntimeLayerOptions): Promise<RuntimeLayer> => {
  const { engine, platform, native, onNotice, signal } = options;
  const script = await readFile(assemblyScript);
  const digest = createHash("sha256")
    .update(JSON.stringify({ platformVersions, platform, platformContract }))
    .update(script)
    .digest("hex");
  const repository = "atelier-platform/runtime";
  const tag = `${digest.slice(0, 12)}-${platform.split("/")[1]}`;
  const image = `${repository}:${tag}`;
  if (await engine.inspectImage(image)) return { image, digest, isCached: true };

  onNotice(`Assembling the platform layer for ${platform} (once per version, about a minute).`);
  const base = await resolveBase("debian:12", { ...options, platform: native });
  const { npm } = architectures[platform];
  const [node, pty, ptyBinary] = await Promise.all([
    fetchPackage(`node-linux-${npm}`, platformVersions.node, signal),
    fetchPackage("@lydell/node-pty", platformVersions.nodePty, signal),
    fetchPackage(`@lydell/node-pty-linux-${npm}`, platformVersions.nodePty, signal),
  ]);
  const owner = { uid: 0, gid: 0 };
  const inputs: TarEntry[] = [
    { name: "in/assemble.sh", type: "file", mode: 0o755, ...owner, content: script },
    ...node
      .filter(({ path }) => path === "bin/node")
      .map(({ content }): TarEntry => ({ name: "in/node", type: "file", mode: 0o755, ...owner, content })),
    ...[["@lydell/node-pty", pty] as const, [`@lydell/node-pty-linux-${npm}`, ptyBinary] as const].flatMap(
      ([name, files]) =>
        files.map(
          ({ path, content }): TarEntry => ({
            name: `in/node_modules/${name}/${path}`,
            type: "file",
            mode: 0o644,
            ...owner,
            content,
          }),
        ),
    ),
  ];

  const sources = await sourcesOfImage(engine, base.Id, options.stateId);
  const mirror = mirrorFor(parseAptSources(sources), "trixie");
  if (mirror === undefined)
    throw new AppError("platform-part-missing", "The Debian base names no archive that goss could come from.");
  const container = await engine.createContainer(undefined, {
    Image: base.Id,
    Entrypoint: ["/bin/sh", "/in/assemble.sh"],
    // Only /out leaves this container, so what stands here (a proxy's password too) gets into no image.
    Env: Object.entries({
      ...options.proxies,
      CONTRACT: platformContract,
      PLATFORM: platform,
      ARCH: platform.split("/")[1],
      NODE_VERSION: platformVersions.node,
      NODE_PTY_VERSION: platformVersions.nodePty,
      GOSS_VERSION: platformVersions.goss,
      EXTRA_SOURCE: `deb ${mirror} trixie main`,
    }).map(([name, value]) => `${name}=${value}`),
    Labels: { ...buildLabels(options.stateId) },
  });
  try {
    await engine.putArchive(container, { path: "/", tar: makeTar(inputs), signal });
    await engine.startContainer(container, signal);
    const output: string[] = [];
    for await (const { data } of engine.logs(container, { follow: true, signal }))
      for (const line of data
        .toString("utf8")
        .split("\n")
        .filter((text) => text.trim() !== "")) {
        output.push(line);
        options.onLine(line);
      }
    const code = await engine.waitContainer(container, signal);
    if (code !== 0)
      throw new AppError(
        "platform-not-assembled",
        `The platform layer could not be assembled (exit code ${code}):\n${output.slice(-15).join("\n")}`,
        {
          hint: "The container needs to reach a Debian archive; check the engine's network and proxy.",
        },
      );
    await requireSound(engine, { container, platform });
    await engine.importImage(await engine.getArchive(container, "/out/.", signal), {
      repository,
      tag,
      ...(platform === native ? {} : { platform }),
      changes: ['CMD ["/opt/atelier/bin/node"]', `LABEL ${labels.role}=platform`],
      signal,
    });
  } finally {
    await engine.removeContainer(container);
  }
  return { image, digest, isCached: false };
};

/** Looks at every file of a layer before it is taken. Throws `AppError` `platform-not-assembled`. */
const requireSound = async (
  engine: Engine,
  { container, platform }: { readonly container: string; readonly platform: Platform },
): Promise<void> => {
  const files = await readFolderInContainer(engine, container, `/out${platformPaths.root}`);
  const faults = checkRuntime(
    files
      .filter(({ header }) => header.type === "file")
      // The archive names them from the folder's own name on.
      .map(({ header, content }) => ({ path: posix.join("/opt", header.name), content })),
    platform,
  );
  if (faults.length > 0)
    throw new AppError(
      "platform-not-assembled",
      `The platform layer for ${platform} is not sound:\n${faults.join("\n")}`,
      {
        hint: "Report this with the engine's and the archive's versions.",
      },
    );
};

/** apt's sources inside an image, read without starting anything. */
const sourcesOfImage = async (engine: Engine, image: string, stateId: string): Promise<string> => {
  const container = await engine.createContainer(undefined, { Image: image, Labels: buildLabels(stateId) });
  try {
    const files = [
      await readInContainer(engine, container, "/etc/apt/sources.list"),
      ...(await readFolderInContainer(engine, container, "/etc/apt/sources.list.d")),
    ];
    return files.map((file) => file?.content.toString("utf8") ?? "").join("\n\n");
  } finally {
    await engine.removeContainer(container);
  }
};
