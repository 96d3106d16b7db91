import { spawn } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { arch } from "node:os";
import { join } from "node:path";
import type { Engine } from "@atelier/backend-docker";
import { AppError } from "@atelier/domain";
import { temporaryFolder } from "../drafts/process-drafts.ts";
import { aptSourcesFor, mirrorFor, parseAptSources } from "./apt-mirror.ts";

export interface DebianBaseOptions {
  readonly engine: Pick<Engine, "importImage" | "removeImage">;
  readonly suite: string;
  /** `linux/amd64` or `linux/arm64`. */
  readonly platform: string;
  /** Local reference the image gets. */
  readonly repository: string;
  readonly tag: string;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The machine's own apt sources, all files together. */
export const readAptSources = async (): Promise<string> => {
  const folder = "/etc/apt/sources.list.d";
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(list|sources)$/.test(name)).sort();
  const texts = await Promise.all(
    ["/etc/apt/sources.list", ...names.map((name) => join(folder, name))].map((path) =>
      readFile(path, "utf8").catch(() => ""),
    ),
  );
  return texts.join("\n\n");
};

/** Debian's name of this machine's architecture, as the engine calls it; debootstrap makes only that one. */
const hostArchitecture = (): string => (({ x64: "amd64", arm64: "arm64" }) as Record<string, string>)[arch()] ?? arch();

/**
 * Makes a minimal Debian image with `debootstrap` from the archive this machine's apt already uses, for
 * machines where no registry answers. About 45 s. Throws `AppError` `base-not-available`.
 */
export const makeDebianBase = async (options: DebianBaseOptions): Promise<void> => {
  const { engine, suite, platform, repository, tag, onLine, signal } = options;
  const sources = parseAptSources(await readAptSources());
  const mirror = mirrorFor(sources, suite);
  const hint =
    "Make a registry reachable, load the image with `docker load`, or build as root on a Debian machine with debootstrap (apt-get install debootstrap).";
  if (mirror === undefined)
    throw new AppError(
      "base-not-available",
      `No registry answers, and this machine's apt names no Debian archive to make ${suite} from.`,
      { hint },
    );
  if (platform !== `linux/${hostArchitecture()}`)
    throw new AppError(
      "base-not-available",
      `No registry answers, and this machine (${hostArchitecture()}) cannot make a Debian for an engine on ${platform}.`,
      { hint },
    );
  const folder = await temporaryFolder("base");
  const root = join(folder, "root");
  try {
    await runLogged(
      [...(await enclosure()), "debootstrap", "--variant=minbase", "--include=ca-certificates", suite, root, mirror],
      { onLine, signal, hint },
    );
    await tidy(root, aptSourcesFor(sources, suite) ?? "");
    await importFolder(root, { engine, repository, tag, signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/**
 * debootstrap mounts /proc below its target. In namespaces of its own neither that mount nor a process
 * of it outlives us, however we end. Where the kernel refuses namespaces, it runs as it is.
 */
const enclosure = async (): Promise<readonly string[]> => {
  const argv = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child"];
  const code = await new Promise((resolve) => {
    const [file = "", ...args] = [...argv, "true"];
    spawn(file, args, { stdio: "ignore" }).once("error", resolve).once("close", resolve);
  });
  return code === 0 ? argv : [];
};

/** What debootstrap leaves of this machine and of its own work. */
const tidy = async (root: string, sources: string): Promise<void> => {
  await writeFile(join(root, "etc/apt/sources.list"), sources);
  await writeFile(
    join(root, "etc/apt/apt.conf.d/99-container"),
    'APT::Install-Recommends "false";\nAPT::Keep-Downloaded-Packages "false";\nAcquire::Languages "none";\nDir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n',
  );
  for (const path of ["etc/resolv.conf", "etc/hostname", "var/cache/ldconfig/aux-cache"])
    await rm(join(root, path), { force: true });
  for (const path of ["var/cache/apt/archives", "var/lib/apt/lists", "var/log"])
    for (const entry of await readdir(join(root, path), { withFileTypes: true }))
      if (path !== "var/log" || entry.isFile()) await rm(join(root, path, entry.name), { recursive: true });
};

const importFolder = async (
  root: string,
  { engine, repository, tag, signal }: Pick<DebianBaseOptions, "engine" | "repository" | "tag" | "signal">,
): Promise<void> => {
  const exclude = ["dev", "proc", "sys"].map((name) => `--exclude=./${name}/*`);
  const tar = spawn("tar", ["--numeric-owner", "--one-file-system", "--sort=name", "-C", root, ...exclude, "-c", "."], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise<number | null>((resolve, reject) => tar.once("error", reject).once("close", resolve));
  try {
    const [code] = await Promise.all([
      ended,
      engine.importImage(tar.stdout, {
        repository,
        tag,
        changes: ['CMD ["/bin/bash"]', "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        signal,
      }),
    ]);
    if (code === 0) return;
    // Half an image under a name that is looked for would be found ever after.
    await engine.removeImage(`${repository}:${tag}`);
    throw new AppError("base-not-available", `tar ended with ${code} while ${repository}:${tag} was imported.`);
  } finally {
    tar.kill("SIGKILL");
  }
};

const runLogged = async (
  argv: readonly string[],
  { onLine, signal, hint }: { onLine: (line: string) => void; signal: AbortSignal; hint: string },
): Promise<void> => {
  const [file = "", ...args] = argv;
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  };
  signal.throwIfAborted();
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  signal.addEventListener("abort", kill, { once: true });
  const tail: string[] = [];
  const take = (data: Buffer): void => {
    for (const line of data.toString("utf8").split("\n")) {
      if (line.trim() === "") continue;
      onLine(line);
      tail.push(line);
      if (tail.length > 20) tail.shift();
    }
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  try {
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once("error", reject).once("close", resolve),
    ).catch((cause: Error) => {
      throw new AppError(
        "base-not-available",
        `No registry answers, and debootstrap could not be started: ${cause.message}`,
        { hint, cause },
      );
    });
    signal.throwIfAborted();
    if (code !== 0)
      throw new AppError("base-not-available", `debootstrap ended with ${code}:\n${tail.join("\n")}`, { hint });
  } finally {
    signal.removeEventListener("abort", kill);
  }
};
