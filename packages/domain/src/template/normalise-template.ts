import { parseBytes } from "../spec/bytes.ts";
import { parseDuration } from "../spec/duration.ts";
import { normaliseEnv } from "../spec/normalise/env.ts";
import { normaliseResources } from "../spec/normalise/services.ts";
import type { HelpSettings, PodSettings, WorkspaceTemplate } from "./template.ts";
import { templateKeys } from "./template-keys.ts";
import type { TemplateInput, TemplateSpecInput } from "./template-schema.ts";

type Section<Name extends keyof TemplateSpecInput> = NonNullable<TemplateSpecInput[Name]>;

/** The same without members that are undefined, as the normalised model wants it. */
type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

const present = <T extends object>(value: T): Present<T> =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Present<T>;

const secondsOf = (duration: string | undefined): number | undefined =>
  duration === undefined ? undefined : parseDuration(duration);

const bytesOf = (memory: string | number | undefined): number | undefined =>
  typeof memory === "string" ? parseBytes(memory) : memory;

/** The default of a key as the table has it; a test shows that an empty template fits its type. */
const defaultOf = <T>(path: string): T => templateKeys.find((key) => key.path === path)?.default as T;

const lifecycleOf = (lifecycle: Section<"lifecycle">): WorkspaceTemplate["lifecycle"] =>
  present({
    ttlSeconds: secondsOf(lifecycle.ttl),
    retainSeconds: secondsOf(lifecycle.retain ?? defaultOf<string>("lifecycle.retain")) ?? 0,
    idleSuspendSeconds: secondsOf(lifecycle.idleSuspend),
    prewarm: lifecycle.prewarm ?? defaultOf<"container">("lifecycle.prewarm"),
  });

const resourcesOf = ({
  container,
  quota = {},
  storage = {},
}: Section<"resources">): WorkspaceTemplate["resources"] => ({
  container: normaliseResources(container),
  quota: normaliseEnv(quota),
  storage: present({ className: storage.className, sizeBytes: bytesOf(storage.size) }),
});

const networkOf = (network: Section<"network">): WorkspaceTemplate["network"] => {
  const egress = network.egress ?? defaultOf<"internet">("network.egress");
  return present({
    egress: typeof egress === "string" ? egress : egress.map(({ cidr, ports = [] }) => ({ cidr, ports })),
    acceptUnenforced: network.acceptUnenforced ?? defaultOf<boolean>("network.acceptUnenforced"),
    proxy: network.proxy,
    caBundle: network.caBundle,
  });
};

const accessOf = (access: Section<"access">): WorkspaceTemplate["access"] =>
  present({
    webTerminal: access.webTerminal ?? defaultOf<boolean>("access.webTerminal"),
    rbac: access.rbac ?? defaultOf<"none">("access.rbac"),
    oidc: access.oidc,
  });

const keyFromOf = ({ env, file, secret }: NonNullable<Section<"help">["keyFrom"]>): HelpSettings["keyFrom"] => {
  if (env !== undefined) return { env };
  if (file !== undefined) return { file };
  return secret === undefined ? undefined : { secret };
};

const helpOf = (help: Section<"help">): HelpSettings =>
  present({
    provider: help.provider ?? defaultOf<"none">("help.provider"),
    endpoint: help.endpoint,
    model: help.model,
    keyFrom: help.keyFrom === undefined ? undefined : keyFromOf(help.keyFrom),
    limits: present({
      perMinute: help.limits?.perMinute ?? defaultOf<number>("help.limits.perMinute"),
      spend: help.limits?.spend,
    }),
    price: help.price,
    acceptKeyExposure: help.acceptKeyExposure ?? defaultOf<boolean>("help.acceptKeyExposure"),
  });

const podOf = (pod: Section<"pod">): PodSettings =>
  present({
    security: pod.security,
    runtimeClassName: pod.runtimeClassName,
    hostUsers: pod.hostUsers,
    nodeSelector: pod.nodeSelector ?? {},
    tolerations: pod.tolerations ?? [],
    affinity: pod.affinity,
    priorityClassName: pod.priorityClassName,
    labels: pod.labels ?? {},
    annotations: pod.annotations ?? {},
  });

const recordingOf = ({ commands, terminal }: Section<"recording">): WorkspaceTemplate["recording"] => ({
  commands: commands ?? defaultOf<"on">("recording.commands"),
  terminal: terminal ?? defaultOf<"on">("recording.terminal"),
});

/** Fills in every default and turns durations and quantities into numbers. */
export const normaliseTemplate = ({
  metadata,
  spec = {},
}: Pick<TemplateInput, "metadata" | "spec">): WorkspaceTemplate => ({
  name: metadata.name,
  parameters: normaliseEnv(spec.parameters),
  lifecycle: lifecycleOf(spec.lifecycle ?? {}),
  isolation: { mode: spec.isolation?.mode ?? defaultOf<"individual">("isolation.mode") },
  resources: resourcesOf(spec.resources ?? {}),
  network: networkOf(spec.network ?? {}),
  access: accessOf(spec.access ?? {}),
  monitoring: { aggregate: spec.monitoring?.aggregate ?? defaultOf<boolean>("monitoring.aggregate") },
  recording: recordingOf(spec.recording ?? {}),
  help: helpOf(spec.help ?? {}),
  pod: podOf(spec.pod ?? {}),
  images: { pullSecrets: spec.images?.pullSecrets ?? [], rewrite: spec.images?.rewrite ?? [] },
  batch: present({ max: spec.batch?.max, concurrency: spec.batch?.concurrency }),
  timezone: spec.timezone ?? defaultOf<string>("timezone"),
});
