import { createServer } from "node:net";
import { lookup } from "node:dns/promises";
import { connectEngine, type Engine, type EngineInfo, findEndpoint } from "@atelier/backend-docker";
import { join } from "node:path";
import { aboutKeeper, platformOf } from "@atelier/build";
import { isAppError } from "@atelier/domain";
import type { Context } from "../context.ts";
import type { Finding } from "../finding.ts";
import { k3dFinding } from "../k3d-finding.ts";
import { engineProxyFinding } from "../engine-proxy-finding.ts";
import { freeSpace, spaceFinding } from "../space-finding.ts";
import { storageFinding } from "../storage-finding.ts";
import { platformsByWorkshop } from "../share/push-record.ts";

const gibibyte = 1024 ** 3;

export default async (
  context: Context,
  _args: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> => {
  const { reporter } = context;
  const findings = await examine(context);
  if (options.json) reporter.json(findings);
  else {
    const { paintResult: paint } = reporter;
    const marks = { ok: paint.green("✓"), warning: paint.yellow("!"), error: paint.red("✗") };
    for (const { check, status, found, fix } of findings)
      reporter.result(`${marks[status]} ${check}: ${found}${fix === "" ? "" : `\n    ${paint.cyan("→")} ${fix}`}`);
    const wrong = findings.filter(({ status }) => status !== "ok").length;
    reporter.info(
      wrong === 0
        ? "This machine has everything Atelier needs."
        : `${wrong} thing${wrong === 1 ? "" : "s"} to look at.`,
    );
  }
  return findings.some(({ status }) => status === "error") ? 1 : 0;
};

const examine = async (context: Context): Promise<readonly Finding[]> => {
  const engine = await connect(context);
  const info = engine.engine ? await engine.engine.info() : undefined;
  const machine = await Promise.all([
    ...(info ? [builds(context, info)] : []),
    stateDisk(context),
    freePort(),
    localhostNames(),
    clusters(context, engine.engine),
    daggerSession(context),
  ]);
  return [engine.finding, ...(info ? await aboutEngine(context, info) : []), ...machine];
};

const connect = async (context: Context): Promise<{ finding: Finding; engine?: Engine }> => {
  try {
    const engine = await connectEngine(await findEndpoint(context.env), context.signal);
    const { ServerVersion } = await engine.info();
    return {
      engine,
      finding: { check: "Docker engine", status: "ok", found: `version ${ServerVersion} answers`, fix: "" },
    };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return {
      finding: {
        check: "Docker engine",
        status: "error",
        found: error.message,
        fix: error.hint ?? "Install Docker Engine 20.10 or newer and start it.",
      },
    };
  }
};

const aboutEngine = async (context: Context, info: EngineInfo): Promise<readonly Finding[]> => {
  const platform = platformOf(info.Architecture);
  const findings: Finding[] = [
    platform
      ? { check: "Architecture", status: "ok", found: platform, fix: "" }
      : { check: "Architecture", status: "error", found: info.Architecture, fix: "Use an engine on amd64 or arm64." },
    info.OSType === "linux"
      ? { check: "Containers", status: "ok", found: "Linux", fix: "" }
      : { check: "Containers", status: "error", found: info.OSType, fix: "Switch Docker Desktop to Linux containers." },
    info.MemTotal >= 2 * gibibyte
      ? { check: "Engine memory", status: "ok", found: `${(info.MemTotal / gibibyte).toFixed(1)} GiB`, fix: "" }
      : {
          check: "Engine memory",
          status: "warning",
          found: `${(info.MemTotal / gibibyte).toFixed(1)} GiB`,
          fix: "Give the engine at least 2 GiB (Docker Desktop: Settings → Resources).",
        },
  ];
  const runc = info.RuncCommit?.ID ?? "";
  const [, major = "", minor = "", patch = ""] = /(\d+)\.(\d+)\.(\d+)/.exec(runc) ?? [];
  // CVE-2024-21626: a process could leave its container through an inherited descriptor.
  const isOldRunc =
    major !== "" &&
    Number(major) === 1 &&
    (Number(minor) < 1 || (Number(minor) === 1 && Number(patch) < 12)) &&
    !/deb\d+u[2-9]|deb\d+u1\d|deb12u1/.test(runc);
  findings.push(
    isOldRunc
      ? { check: "runc", status: "warning", found: runc, fix: "Update runc to 1.1.12 or newer (CVE-2024-21626)." }
      : { check: "runc", status: "ok", found: major === "" ? "version not told" : runc, fix: "" },
  );
  findings.push(storageFinding(info), engineProxyFinding(context.env, info));
  const { kind } = await findEndpoint(context.env);
  // Over TCP it is another machine's disk, and the same path here says nothing of it.
  const disk = kind === "socket" ? await freeSpace(info.DockerRootDir) : undefined;
  if (disk !== undefined)
    findings.push(spaceFinding("Engine disk", disk, "Make room: atelier clean, docker system prune."));
  return findings;
};

/** Whether of every workshop here something was built that this engine runs. */
const builds = async (context: Context, { Architecture }: EngineInfo): Promise<Finding> => {
  const own = platformOf(Architecture);
  const platforms = platformsByWorkshop((await context.state()).listRecords());
  const foreign = [...platforms].filter(([, built]) => own !== undefined && !built.has(own));
  const check = "Builds";
  if (foreign.length === 0)
    return { check, status: "ok", found: platforms.size === 0 ? "none yet" : `${platforms.size} for ${own}`, fix: "" };
  return {
    check,
    status: "warning",
    found: foreign.map(([workshop, built]) => `${workshop} is for ${[...built].join(", ")} only`).join("; "),
    fix: `Build it for ${own}: atelier build <folder>. As it is, it runs emulated or not at all.`,
  };
};

const stateDisk = async (context: Context): Promise<Finding> => {
  const { path } = await context.state();
  const bytes = await freeSpace(path);
  return bytes === undefined
    ? { check: "State directory", status: "ok", found: path, fix: "" }
    : spaceFinding(`State directory ${path}`, bytes, "Make room on that disk, or set ATELIER_STATE_DIR.");
};

const freePort = (): Promise<Finding> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) =>
      resolve({
        check: "Ports on 127.0.0.1",
        status: "error",
        found: error.message,
        fix: "Allow programs to listen on the loopback interface.",
      }),
    );
    server.listen(0, "127.0.0.1", () =>
      server.close(() =>
        resolve({ check: "Ports on 127.0.0.1", status: "ok", found: "free ones can be had", fix: "" }),
      ),
    );
  });

const clusters = async (context: Context, engine: Engine | undefined): Promise<Finding> => {
  const records = (await context.state()).listRecords().map(({ record }) => record);
  return k3dFinding({ env: context.env, engine, records });
};

/** None is nothing to look at: the next build opens one when it wants it. */
const daggerSession = async (context: Context): Promise<Finding> => {
  const kept = await aboutKeeper(join((await context.state()).path, "cache"));
  const since = kept && new Date(kept.since).toISOString();
  return {
    check: "Dagger session",
    status: "ok",
    found: kept ? `kept by process ${kept.pid} since ${since}, with the engine ${kept.engine}` : "none is kept",
    fix: "",
  };
};

/** Browsers resolve these names by themselves; other programs ask the system. */
const localhostNames = async (): Promise<Finding> => {
  const found = await lookup("workspace.localhost").then(
    ({ address }) => address,
    () => undefined,
  );
  return {
    check: "*.localhost",
    status: "ok",
    found:
      found === undefined
        ? "not resolved by this system; browsers do it themselves, and links use 127.0.0.1"
        : `resolves to ${found}`,
    fix: "",
  };
};
