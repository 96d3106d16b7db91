import type { CapabilityId } from "../capability/capabilities.ts";

/** What is known of one key of a template besides its shape. */
export interface TemplateKey {
  /** Below `spec`, with dots. */
  readonly path: string;
  /** What holds when it is not written, as one would write it; absent: nothing. */
  readonly default?: unknown;
  /** Who does what it says, in Docker mode of this version. Absent: it is refused there. */
  readonly honouredBy?: string;
  /** The row of the matrix that it asks for. */
  readonly capability?: CapabilityId;
  /** Values that ask for nothing, because they say what happens anyway. */
  readonly harmless?: readonly unknown[];
  /** The key that it only adds detail to, and that is refused in its stead. */
  readonly detailOf?: string;
  /** What it asks for, when that is not the whole capability. */
  readonly what?: string;
  /** What to write instead where it is refused; no full stop. */
  readonly instead?: string;
}

const podKey = (name: string, what: string, rest: Partial<TemplateKey> = {}): TemplateKey => ({
  path: `pod.${name}`,
  capability: "pod-settings",
  what,
  instead: `Remove pod.${name}`,
  ...rest,
});

/**
 * Every key of a template, with its default and who honours it. A test holds it against the schema, and
 * another writes each key, one at a time, on each backend: what nobody honours is refused, never dropped.
 */
export const templateKeys: readonly TemplateKey[] = [
  { path: "parameters", default: {}, honouredBy: "atelier run" },
  { path: "lifecycle.ttl", honouredBy: "the supervisor", capability: "ttl", what: "an end of life" },
  {
    path: "lifecycle.retain",
    default: "7d",
    honouredBy: "the supervisor",
    capability: "ttl",
    what: "deletion of stopped workspaces",
  },
  { path: "lifecycle.idleSuspend", capability: "idle-suspend" },
  {
    path: "lifecycle.prewarm",
    default: "container",
    honouredBy: "the supervisor",
    capability: "step-transition",
    what: "preparing the next step ahead",
  },
  { path: "isolation.mode", default: "individual", capability: "team-mode", harmless: ["individual"] },
  { path: "resources.container.cpu", honouredBy: "the container's limits" },
  { path: "resources.container.memory", default: "2Gi", honouredBy: "the container's limits" },
  { path: "resources.container.pids", default: 512, honouredBy: "the container's limits" },
  { path: "resources.quota", default: {}, capability: "resource-quotas" },
  {
    path: "resources.storage.className",
    capability: "pod-settings",
    what: "a storage class",
    instead: "Remove resources.storage",
  },
  {
    path: "resources.storage.size",
    capability: "pod-settings",
    what: "a volume of a given size",
    instead: "Remove resources.storage",
  },
  { path: "network.egress", default: "internet", capability: "network-policies", instead: "Remove network.egress" },
  {
    path: "network.acceptUnenforced",
    default: false,
    capability: "network-policies",
    harmless: [false],
    instead: "Remove network.acceptUnenforced",
  },
  { path: "network.proxy", what: "a proxy for workspaces" },
  { path: "network.caBundle", what: "more certificates for workspaces" },
  { path: "access.webTerminal", default: true, honouredBy: "the workspace server" },
  { path: "access.rbac", default: "none", capability: "rbac", harmless: ["none"] },
  { path: "access.oidc", capability: "oidc" },
  { path: "monitoring.aggregate", default: false, capability: "multi-workspace-aggregation", harmless: [false] },
  { path: "recording.commands", default: "on", honouredBy: "the workspace server" },
  { path: "recording.terminal", default: "on", honouredBy: "the workspace server" },
  {
    path: "help.provider",
    default: "none",
    capability: "llm-help",
    harmless: ["none"],
    honouredBy: "the workspace server",
    instead: 'Set help.provider to "none"',
  },
  { path: "help.endpoint", honouredBy: "the workspace server", detailOf: "help.provider" },
  { path: "help.model", honouredBy: "the workspace server", detailOf: "help.provider" },
  { path: "help.keyFrom.env", honouredBy: "atelier run", detailOf: "help.provider" },
  { path: "help.keyFrom.file", honouredBy: "atelier run", detailOf: "help.provider" },
  {
    path: "help.keyFrom.secret",
    capability: "pod-settings",
    what: "a key from a Kubernetes Secret",
    instead: "Write help.keyFrom.env or help.keyFrom.file",
  },
  { path: "help.limits.perMinute", default: 6, honouredBy: "the workspace server", detailOf: "help.provider" },
  { path: "help.limits.spend", honouredBy: "the workspace server", detailOf: "help.provider" },
  { path: "help.price", honouredBy: "the workspace server", detailOf: "help.provider" },
  { path: "help.acceptKeyExposure", default: false, honouredBy: "atelier run", detailOf: "help.provider" },
  podKey("security", "a security context of the pod"),
  podKey("runtimeClassName", "a runtime class"),
  podKey("hostUsers", "user namespaces of the pod"),
  podKey("nodeSelector", "a choice of nodes", { default: {} }),
  podKey("tolerations", "tolerations", { default: [] }),
  podKey("affinity", "affinity"),
  podKey("priorityClassName", "a priority class"),
  podKey("labels", "labels of the pod", { default: {} }),
  podKey("annotations", "annotations of the pod", { default: {} }),
  {
    path: "images.pullSecrets",
    default: [],
    capability: "pod-settings",
    what: "a pull secret",
    instead: "Remove images.pullSecrets and use docker login",
  },
  { path: "images.rewrite", default: [], what: "pulling images from elsewhere" },
  { path: "batch.max", honouredBy: "atelier run --count", capability: "batch-provisioning" },
  { path: "batch.concurrency", honouredBy: "atelier run --count", capability: "batch-provisioning" },
  { path: "timezone", default: "UTC", honouredBy: "the workspace server" },
];
