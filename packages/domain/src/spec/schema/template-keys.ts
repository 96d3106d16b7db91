import type { ExplainKey } from "../shape/check-shape.ts";

/** Keys of a `WorkspaceTemplate`, and what people write for them, with where they belong. */
const templateKeys: Readonly<Record<string, string>> = {
  lifecycle: "lifecycle",
  ttl: "lifecycle.ttl",
  retain: "lifecycle.retain",
  idleSuspend: "lifecycle.idleSuspend",
  prewarm: "lifecycle.prewarm",
  isolation: "isolation",
  resources: "resources",
  quota: "resources.quota",
  quotas: "resources.quota",
  storage: "resources.storage",
  network: "network",
  egress: "network.egress",
  access: "access",
  rbac: "access.rbac",
  oidc: "access.oidc",
  monitoring: "monitoring",
  recording: "recording",
  help: "help",
  provider: "help.provider",
  endpoint: "help.endpoint",
  model: "help.model",
  keyFrom: "help.keyFrom",
  apiKey: "help.keyFrom",
  credentials: "help.keyFrom",
  pod: "pod",
  images: "images",
  pullSecrets: "images.pullSecrets",
  batch: "batch",
  timezone: "timezone",
};

/** Says of a template's key in a workshop where it belongs. */
export const explainTemplateKey: ExplainKey = (_path, key) => {
  const belongs = Object.hasOwn(templateKeys, key) ? templateKeys[key] : undefined;
  if (belongs === undefined) return undefined;
  return {
    code: "template-key",
    message: `"${key}" says how workspaces run; that belongs to the template, not to the workshop.`,
    remedy: `Write it as spec.${belongs} in a WorkspaceTemplate and run with --template.`,
  };
};
