import { spawnSync } from "node:child_process";
import { findProgram } from "@atelier/node-kit";

/** The k3s that clusters of tests run, as a workshop's `infrastructure.cluster.version` and as its image. */
export const testedK3s = { version: "1.31.4", image: "rancher/k3s:v1.31.4-k3s1" } as const;

export interface K3dChoice {
  /** The real program; undefined: a stand-in has to do. */
  readonly program: string | undefined;
  /** Begins the names of tests, so that nobody takes one for the other. */
  readonly title: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** An image of k3s is some 80 MB. */
const pullMs = 180_000;

/**
 * The real k3d where there is one that can make a cluster: version 5, an engine it reaches, and an image of k3s that
 * is here or can be had. Everywhere else a stand-in, and why.
 */
export const chooseK3d = (env: Env): K3dChoice => {
  const program = findProgram("k3d", env);
  const standIn = (why: string): K3dChoice => ({ program: undefined, title: `stand-in for k3d (${why})` });
  if (program === undefined) return standIn("no k3d on PATH");
  const version = /k3d version v?(\d+)\.(\S+)/.exec(said(program, ["version"], env) ?? "");
  if (version?.[1] !== "5")
    return standIn(`k3d on PATH is no version 5${version ? ` but ${version[1]}.${version[2]}` : ""}`);
  if (said(program, ["cluster", "list"], env) === undefined) return standIn("k3d on PATH reaches no engine");
  const hasImage =
    said("docker", ["image", "inspect", testedK3s.image], env) !== undefined ||
    said("docker", ["pull", "--quiet", testedK3s.image], env) !== undefined;
  if (!hasImage) return standIn(`${testedK3s.image} cannot be had`);
  return { program, title: `k3d 5.${version[2]}` };
};

/** What a program prints; undefined: it cannot be run, or ends in another way than well. */
const said = (program: string, args: readonly string[], env: Env): string | undefined => {
  const { status, stdout } = spawnSync(program, args, { env: { ...env }, encoding: "utf8", timeout: pullMs });
  return status === 0 ? stdout : undefined;
};
