import { spawn } from "node:child_process";
import { AppError } from "@atelier/domain";
import { findProgram } from "@atelier/node-kit";

/** A Kubernetes cluster beside a workspace. */
export interface ClusterPlan {
  readonly name: string;
  /** The workspace's own network: nodes join it, so that the student's container reaches them by name. */
  readonly network: string;
  /** Kubernetes version as the author wrote it; absent: the tool's own. */
  readonly version?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** k3d by its command line. Throws `AppError` `k3d-missing` without the program, `k3d-failed` with what it said. */
export interface K3d {
  /** Path of the program; undefined: it is not there. */
  readonly program: string | undefined;
  exists(name: string, signal: AbortSignal): Promise<boolean>;
  create(plan: ClusterPlan, signal: AbortSignal): Promise<void>;
  start(name: string, signal: AbortSignal): Promise<void>;
  stop(name: string, signal: AbortSignal): Promise<void>;
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** For use inside the cluster's network. */
  kubeconfig(name: string, signal: AbortSignal): Promise<string>;
}

const timeout = "180s";

/** The proxy in front of the servers, under whose name the API is reached on the network. */
const apiHost = (name: string): string => `k3d-${name}-serverlb`;

/** @param env where `PATH` says where to look, and what the program finds */
export const createK3d = (env: Readonly<Record<string, string | undefined>>): K3d => {
  // Looked for each time: whoever reads that it is missing installs it, and a supervisor goes on running.
  const find = (): string | undefined => findProgram("k3d", env);
  const run = async (args: readonly string[], signal: AbortSignal): Promise<string> => {
    const program = find();
    if (program === undefined) throw k3dMissing();
    const { code, stdout, stderr } = await runProgram(program, args, { env, signal });
    if (code === 0) return stdout;
    const said = stderr.trim() || stdout.trim();
    throw new AppError(
      "k3d-failed",
      `k3d ${args.slice(0, 2).join(" ")} ended with ${code ?? "a signal"}: ${said.slice(-1500)}`,
      {
        hint: /pull|no such image|manifest|not found/i.test(said)
          ? "The image of k3s could not be had. Pull it once where a registry answers: docker pull rancher/k3s:<version>."
          : "`k3d version` and `docker info` tell whether both work here.",
      },
    );
  };
  return {
    get program() {
      return find();
    },
    exists: async (name, signal) => {
      const clusters = readList((await run(["cluster", "list", "--output", "json"], signal)) || "[]");
      return Array.isArray(clusters) && clusters.some((cluster: { name?: unknown }) => cluster.name === name);
    },
    create: async ({ name, network, version, labels }, signal) => {
      await run(
        [
          "cluster",
          "create",
          name,
          "--network",
          network,
          "--api-port",
          "127.0.0.1:0",
          ...(version === undefined ? [] : ["--image", imageOfK3s(version)]),
          "--k3s-arg",
          `--tls-san=${apiHost(name)}@server:0`,
          ...Object.entries(labels).flatMap(([key, value]) => ["--runtime-label", `${key}=${value}@all`]),
          // The host's own kubeconfig is none of our business.
          "--kubeconfig-update-default=false",
          "--kubeconfig-switch-context=false",
          "--wait",
          "--timeout",
          timeout,
        ],
        signal,
      );
    },
    start: async (name, signal) => {
      await run(["cluster", "start", name, "--wait", "--timeout", timeout], signal);
    },
    stop: async (name, signal) => {
      await run(["cluster", "stop", name], signal);
    },
    remove: async (name, signal) => {
      await run(["cluster", "delete", name], signal);
    },
    kubeconfig: async (name, signal) => insideNetwork(await run(["kubeconfig", "get", name], signal), apiHost(name)),
  };
};

export const k3dMissing = (): AppError =>
  new AppError("k3d-missing", "This workshop wants a Kubernetes cluster, and there is no k3d on this machine's PATH.", {
    hint: "Install k3d 5 (https://k3d.io), or remove infrastructure.cluster from workshop.yaml.",
  });

/** `1.31.4` or `v1.31.4-k3s1` → the image of that version; a whole image name stays as it is. */
export const imageOfK3s = (version: string): string => {
  if (version.includes("/") || version.includes(":")) return version;
  const tag = version.startsWith("v") ? version : `v${version}`;
  return `rancher/k3s:${/-k3s\d+$/.test(tag) ? tag : `${tag}-k3s1`}`;
};

/** The host's view of the API server is its own loopback; inside the network it is the cluster's proxy. */
export const insideNetwork = (kubeconfig: string, host: string): string => {
  const rewritten = kubeconfig.replaceAll(/^(\s*server:\s*)https:\/\/[^\s]+$/gm, `$1https://${host}:6443`);
  if (!rewritten.includes(`https://${host}:6443`))
    throw new AppError("k3d-failed", "The kubeconfig that k3d gave names no server.");
  return rewritten;
};

const readList = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("k3d-failed", `k3d cluster list is not understood: ${text.slice(0, 200)}`, {
      cause,
      hint: "Atelier needs k3d 5: `k3d version` says which one this is.",
    });
  }
};

const runProgram = (
  program: string,
  args: readonly string[],
  { env, signal }: { readonly env: Readonly<Record<string, string | undefined>>; readonly signal: AbortSignal },
): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, signal, stdio: ["ignore", "pipe", "pipe"], killSignal: "SIGTERM" });
    const said = { stdout: "", stderr: "" };
    child.stdout.on("data", (data: Buffer) => {
      said.stdout += data.toString("utf8");
    });
    child.stderr.on("data", (data: Buffer) => {
      said.stderr += data.toString("utf8");
    });
    const failed = (cause: Error): void =>
      reject(
        signal.aborted
          ? cause
          : new AppError("k3d-failed", `${program} cannot be run: ${cause.message}`, {
              cause,
              hint: "Install k3d 5 for this machine (https://k3d.io).",
            }),
      );
    child.once("error", failed).once("close", (code) => resolve({ code, ...said }));
  });
