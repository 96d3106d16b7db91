import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { AppError } from "@atelier/domain";

/** Where an engine listens. */
export type EngineEndpoint =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

const run = promisify(execFile);
const systemSockets = new Set(["/var/run/docker.sock", "/run/docker.sock"]);

/**
 * Parses `unix:///path` and `tcp://host:port`. Throws `AppError` `docker-endpoint` for anything else:
 * ssh and npipe endpoints need a tunnel that the docker CLI makes, not we.
 */
export const parseEndpoint = (text: string): EngineEndpoint => {
  if (text.startsWith("unix://")) return { kind: "socket", path: text.slice("unix://".length) };
  const match = /^(?:tcp|http):\/\/([^/:]+|\[[^\]]+\]):(\d+)\/?$/.exec(text);
  if (match?.[1] && match[2]) return { kind: "tcp", host: match[1].replace(/^\[|\]$/g, ""), port: Number(match[2]) };
  throw new AppError("docker-endpoint", `The Docker endpoint "${text}" is neither unix:// nor tcp://.`, {
    hint: "Point DOCKER_HOST at a local socket, e.g. DOCKER_HOST=unix:///var/run/docker.sock.",
  });
};

/**
 * Finds the engine as the docker CLI would: `DOCKER_HOST`, else the current context, else the first
 * socket that exists in a usual place. Answers the default socket when there is none, so that the
 * failure to connect names a path.
 */
export const findEndpoint = async (
  env: Readonly<Record<string, string | undefined>>,
  defaultSocket = "/var/run/docker.sock",
): Promise<EngineEndpoint> => {
  if (env.DOCKER_HOST) {
    if (env.DOCKER_TLS_VERIFY && !env.DOCKER_HOST.startsWith("unix:"))
      throw new AppError("docker-endpoint", "DOCKER_TLS_VERIFY is set, and Atelier does not speak TLS to an engine.", {
        hint: "Reach the engine through an ssh tunnel: ssh -NL /tmp/engine.sock:/var/run/docker.sock HOST, then DOCKER_HOST=unix:///tmp/engine.sock.",
      });
    return parseEndpoint(env.DOCKER_HOST);
  }
  const chosen = (await hasChosenContext(env)) ? await askForContext(env) : undefined;
  if (chosen) return chosen;
  const usual = [
    defaultSocket,
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, "docker.sock")] : []),
    join(env.HOME ?? homedir(), ".docker/run/docker.sock"),
    join(env.HOME ?? homedir(), ".docker/desktop/docker.sock"),
  ];
  return { kind: "socket", path: usual.find((path) => existsSync(path)) ?? defaultSocket };
};

/**
 * Whether somebody chose a context. Nobody did for most people, and then the docker CLI, a process that takes
 * longer than the engine's first answer, knows nothing that the usual places do not.
 */
const hasChosenContext = async (env: Readonly<Record<string, string | undefined>>): Promise<boolean> => {
  const isOther = (name: unknown): boolean => name !== undefined && name !== "" && name !== "default";
  if (env.DOCKER_CONTEXT) return isOther(env.DOCKER_CONTEXT);
  const file = join(env.DOCKER_CONFIG || join(env.HOME ?? homedir(), ".docker"), "config.json");
  try {
    const config: unknown = JSON.parse(await readFile(file, "utf8"));
    return (
      typeof config === "object" && config !== null && "currentContext" in config && isOther(config.currentContext)
    );
  } catch (error) {
    // What we cannot read, the docker CLI may: let it say so.
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
};

/** The chosen context's endpoint, as the docker CLI knows it; undefined where it cannot be asked. */
const askForContext = async (
  env: Readonly<Record<string, string | undefined>>,
): Promise<EngineEndpoint | undefined> => {
  try {
    const { stdout } = await run("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"], {
      timeout: 5000,
      env,
    });
    // The context "default" names the default socket whether there is one or not; others mean what they say.
    const context = stdout.trim() === "" ? undefined : parseEndpoint(stdout.trim());
    return context?.kind === "socket" && systemSockets.has(context.path) && !existsSync(context.path)
      ? undefined
      : context;
  } catch (error) {
    if (error instanceof AppError) throw error;
    // No docker CLI: the usual places remain.
    return undefined;
  }
};
