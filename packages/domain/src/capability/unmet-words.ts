import type { Backend } from "./capability.ts";
import type { CapabilityId } from "./capabilities.ts";

/** How to tell people that a backend lacks something. */
export interface UnmetWords {
  /** What was asked for: `team mode`. */
  readonly what: string;
  /** Completes "the … backend": `is single-user`. */
  readonly because: string;
  /** What to write instead; no full stop. */
  readonly instead: string;
}

/** One entry for each row of the matrix in which a backend says `no`. */
const words: Readonly<Record<Backend, Partial<Record<CapabilityId, UnmetWords>>>> = {
  docker: {
    "team-mode": { what: "team mode", because: "is single-user", instead: 'Set isolation.mode to "individual"' },
    "namespace-isolation": { what: "namespace isolation", because: "has no namespaces", instead: "Remove the key" },
    "resource-quotas": {
      what: "a resource quota",
      because: "limits single containers only",
      instead: "Write resources.container instead",
    },
    rbac: { what: "cluster rights for students", because: "has no RBAC", instead: 'Set access.rbac to "none"' },
    "idle-suspend": {
      what: "idle suspend",
      because: "does not watch activity",
      instead: "Remove lifecycle.idleSuspend",
    },
    "network-policies": { what: "a network policy", because: "enforces none", instead: "Remove the key" },
    "pod-settings": { what: "a pod setting", because: "runs no pods", instead: "Remove the key" },
    "nested-cluster-vcluster": {
      what: "a vcluster",
      because: "makes k3d clusters",
      instead: 'Set infrastructure.cluster.provider to "k3d" or leave it out',
    },
    oidc: { what: "sign-in by OIDC", because: "is for one person on one machine", instead: "Remove access.oidc" },
    "multi-workspace-aggregation": {
      what: "aggregation over workspaces",
      because: "keeps each workspace's files to itself",
      instead: "Set monitoring.aggregate to false",
    },
  },
  kubernetes: {
    "nested-cluster-k3d": {
      what: "a k3d cluster",
      because: "makes vclusters",
      instead: 'Set infrastructure.cluster.provider to "vcluster" or leave it out',
    },
  },
};

/** The words for a capability that a backend lacks, or undefined where the matrix does not say `no`. */
export const unmetWords = (backend: Backend, capability: string): UnmetWords | undefined => {
  const own: Partial<Record<string, UnmetWords>> = words[backend];
  return own[capability];
};
