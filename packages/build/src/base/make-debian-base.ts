import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "@atelier/backend-docker";
import { AppError } from "@atelier/domain";
import { mirrorFor, parseAptSources } from "./apt-mirror.ts";

export interface DebianBaseOptions {
  readonly engine: Engine;
  readonly suite: string;
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

/**
 * Makes a minimal Debian image with `debootstrap` from the archive this machine's apt already uses, for
 * machines where no registry answers. About 45 s. Throws `AppError` `base-not-available`.
 */
export const makeDebianBase = async ({
  engine,
  suite,
  repository,
  tag,
  onLine,
  signal,
}: DebianBaseOptions): Promise<void> => {
  const mirror = mirrorFor(parseAptSources(await readAptSources()), suite);
  const hint =
    "Make a registry reachable, load the image with `docker load`, or build on a Debian machine with debootstrap (apt-get install debootstrap).";
  if (mirror === undefined)
    throw new AppError(
      "base-not-available",
      `No registry answers, and this machine's apt names no Debian archive to make ${suite} from.`,
      { hint },
    );
  const folder = await mkdtemp(join(tmpdir(), "atelier-base-"));
  const root = join(folder, "root");
  try {
    await runLogged(["debootstrap", "--variant=minbase", "--include=ca-certificates", suite, root, mirror], {
      onLine,
      signal,
      hint,
    });
    await writeFile(
      join(root, "etc/apt/sources.list"),
      `deb ${mirror} ${suite} main\ndeb ${mirror} ${suite}-updates main\n`,
    );
    await writeFile(
      join(root, "etc/apt/apt.conf.d/99-container"),
      'APT::Install-Recommends "false";\nAcquire::Languages "none";\nDir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n',
    );
    await rm(join(root, "etc/resolv.conf"), { force: true });
    for (const path of ["var/cache/apt/archives", "var/lib/apt/lists"])
      for (const name of await readdir(join(root, path))) await rm(join(root, path, name), { recursive: true });
    const tar = spawn(
      "tar",
      [
        "--numeric-owner",
        "--one-file-system",
        "-C",
        root,
        "--exclude=./dev/*",
        "--exclude=./proc/*",
        "--exclude=./sys/*",
        "-c",
        ".",
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await engine.importImage(tar.stdout, {
      repository,
      tag,
      changes: ['CMD ["/bin/bash"]', "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      signal,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const runLogged = async (
  argv: readonly string[],
  { onLine, signal, hint }: { onLine: (line: string) => void; signal: AbortSignal; hint: string },
): Promise<void> => {
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const kill = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
  };
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
        `No registry answers, and ${file} could not be started: ${cause.message}`,
        { hint, cause },
      );
    });
    signal.throwIfAborted();
    if (code !== 0)
      throw new AppError("base-not-available", `${file} ended with ${code}:\n${tail.join("\n")}`, { hint });
  } finally {
    signal.removeEventListener("abort", kill);
  }
};
