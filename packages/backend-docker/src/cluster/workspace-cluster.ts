import { createHash } from "node:crypto";
import type { BuildRecord } from "@atelier/domain";
import type { StateDirectory } from "../state/state-directory.ts";
import type { WorkspaceSettings } from "../workspaces/workspace-labels.ts";
import type { K3d } from "./k3d.ts";

export interface ClusterOptions {
  readonly k3d: K3d;
  readonly state: Pick<StateDirectory, "id" | "saveKubeconfig">;
  readonly settings: WorkspaceSettings;
  readonly cluster: NonNullable<BuildRecord["cluster"]>;
  readonly network: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Cluster names may have 32 characters, with what k3d puts around them less than a host name's 63. */
export const clusterName = (stateId: string, workspaceId: string): string =>
  `atelier-${createHash("sha256").update(`${stateId}\0${workspaceId}`).digest("hex").slice(0, 12)}`;

/** Starts the workspace's cluster, making it when there is none, and keeps its kubeconfig for the container. */
export const startCluster = async (options: ClusterOptions): Promise<void> => {
  const { k3d, state, settings, cluster, network, labels, signal } = options;
  const name = clusterName(state.id, settings.id);
  if (await k3d.exists(name, signal)) await k3d.start(name, signal);
  else
    await k3d.create(
      { name, network, labels, ...(cluster.version === undefined ? {} : { version: cluster.version }) },
      signal,
    );
  state.saveKubeconfig(settings.id, await k3d.kubeconfig(name, signal));
};

/** Nothing is done where there is none: its making failed, or somebody deleted it, and k3d would call that an error. */
export const stopCluster = async (k3d: K3d, name: string, signal: AbortSignal): Promise<void> => {
  if (await k3d.exists(name, signal)) await k3d.stop(name, signal);
};

/** A new one in its place, unless the author wants it kept. What `onStart` puts into it is put there again. */
export const resetCluster = async (options: ClusterOptions): Promise<void> => {
  const { k3d, state, settings, cluster, signal } = options;
  const name = clusterName(state.id, settings.id);
  if (cluster.onReset === "recreate" && (await k3d.exists(name, signal))) await k3d.remove(name, signal);
  await startCluster(options);
};
