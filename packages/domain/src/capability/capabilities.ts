import type { Capability, CapabilityLevel } from "./capability.ts";

type Cell = readonly [level: CapabilityLevel, note?: string];

interface Row {
  readonly title: string;
  readonly docker: Cell;
  readonly kubernetes: Cell;
  readonly since?: Capability["availableIn"];
}

/** The matrix of architecture.md, by id. Ids are stable: build records and tools hold them. */
const rows = {
  "single-user-workspaces": {
    title: "Single-user workspaces",
    docker: ["yes"],
    kubernetes: ["yes"],
    since: { docker: "0.1.0" },
  },
  "team-mode": { title: "Team mode", docker: ["no", "single-user"], kubernetes: ["yes"] },
  "namespace-isolation": { title: "Namespace isolation", docker: ["no"], kubernetes: ["yes"] },
  "resource-quotas": { title: "Resource quotas", docker: ["no", "container limits only"], kubernetes: ["yes"] },
  rbac: { title: "RBAC", docker: ["no"], kubernetes: ["yes"] },
  ttl: {
    title: "TTL",
    docker: ["basic", "CLI-managed"],
    kubernetes: ["full", "operator-managed"],
    since: { docker: "0.1.0" },
  },
  "idle-suspend": { title: "Idle suspend", docker: ["no"], kubernetes: ["yes"] },
  "network-policies": { title: "Network policies", docker: ["no"], kubernetes: ["yes"] },
  "pod-settings": {
    title: "Pod settings (scheduling, pull secrets, runtime class)",
    docker: ["no"],
    kubernetes: ["yes"],
  },
  "nested-cluster-k3d": {
    title: "Nested cluster k3d",
    docker: ["yes", "with the k3d program"],
    kubernetes: ["no"],
    since: { docker: "0.1.0" },
  },
  "nested-cluster-vcluster": { title: "Nested cluster vcluster", docker: ["no"], kubernetes: ["yes"] },
  oidc: { title: "OIDC", docker: ["no"], kubernetes: ["yes"] },
  "batch-provisioning": {
    title: "Batch provisioning",
    docker: ["limited", "at most 50 on one machine"],
    kubernetes: ["full"],
    since: { docker: "0.1.0" },
  },
  "step-transition": {
    title: "Step transition and reset",
    docker: ["yes", "image swap, CLI-managed"],
    kubernetes: ["yes", "image swap, operator-managed"],
    since: { docker: "0.1.0" },
  },
  "dagger-build": {
    title: "Dagger build pipeline",
    docker: ["yes", "local Docker"],
    kubernetes: ["yes", "local Docker, before deployment"],
    since: { docker: "0.1.0" },
  },
  "non-linear-navigation": {
    title: "Non-linear navigation",
    docker: ["yes"],
    kubernetes: ["yes"],
    since: { docker: "0.1.0" },
  },
  "command-logging": {
    title: "Command logging",
    docker: ["yes", "local JSONL"],
    kubernetes: ["yes", "JSONL → Vector → Postgres"],
    since: { docker: "0.1.0" },
  },
  "terminal-recording": {
    title: "Terminal recording",
    docker: ["yes", "local session.cast"],
    kubernetes: ["yes", "session.cast → Vector → S3"],
    since: { docker: "0.1.0" },
  },
  "goss-validation": { title: "Goss validation", docker: ["yes"], kubernetes: ["yes"], since: { docker: "0.1.0" } },
  "llm-help": {
    title: "LLM help",
    docker: ["yes", "direct API call"],
    kubernetes: ["yes", "direct API call"],
    since: { docker: "0.1.0" },
  },
  "instructor-view": {
    title: "Instructor view",
    docker: ["yes", "local, at /instructor/"],
    kubernetes: ["yes", "aggregated dashboard service"],
    since: { docker: "0.1.0" },
  },
  "real-time-monitoring": {
    title: "Real-time monitoring (SSE)",
    docker: ["yes", "local file tailing"],
    kubernetes: ["yes", "Vector → dashboard → SSE"],
    since: { docker: "0.1.0" },
  },
  "multi-workspace-aggregation": {
    title: "Multi-workspace aggregation",
    docker: ["no"],
    kubernetes: ["yes", "Postgres + dashboard"],
  },
  "asciinema-playback": {
    title: "Asciinema playback",
    docker: ["yes", "local file"],
    kubernetes: ["yes", "S3"],
    since: { docker: "0.1.0" },
  },
} as const satisfies Record<string, Row>;

export type CapabilityId = keyof typeof rows;

const capabilityOf = ([id, row]: readonly [string, Row]): Capability => ({
  id,
  title: row.title,
  docker: row.docker[0],
  kubernetes: row.kubernetes[0],
  dockerNote: row.docker[1] ?? "",
  kubernetesNote: row.kubernetes[1] ?? "",
  availableIn: row.since ?? {},
});

/**
 * What each backend can do. Nothing else decides it: validation, CLI, admission, docs and UI read this
 * list, and `atelier capabilities --json` prints it as it is.
 */
export const capabilities: readonly Capability[] = Object.entries(rows).map(capabilityOf);

/** The capability of that id, or undefined: ids also come from files that another version wrote. */
export const findCapability = (id: string): Capability | undefined => capabilities.find((entry) => entry.id === id);

export const capability = (id: CapabilityId): Capability => capabilityOf([id, rows[id]]);
