import type { ContainerResources } from "../workshop/workshop.ts";

/**
 * The normalised template: every default filled in, durations in seconds, memory in bytes, cores as
 * numbers. Made only by `parseTemplate` and `defaultTemplate`. Optional members are absent, never
 * `undefined`.
 */
export interface WorkspaceTemplate {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly lifecycle: {
    /** Absent: no end. */
    readonly ttlSeconds?: number;
    readonly retainSeconds: number;
    readonly idleSuspendSeconds?: number;
    readonly prewarm: "off" | "container" | "next";
  };
  readonly isolation: { readonly mode: "individual" | "team" };
  readonly resources: {
    /** What is absent is up to the backend's defaults. */
    readonly container: ContainerResources;
    readonly quota: Readonly<Record<string, string>>;
    readonly storage: { readonly className?: string; readonly sizeBytes?: number };
  };
  readonly network: {
    readonly egress: "internet" | "none" | readonly EgressRule[];
    readonly acceptUnenforced: boolean;
    readonly proxy?: string;
    readonly caBundle?: string;
  };
  readonly access: {
    readonly webTerminal: boolean;
    readonly rbac: "none" | "view" | "edit" | "admin";
    readonly oidc?: { readonly issuer: string; readonly clientId: string };
  };
  readonly monitoring: { readonly aggregate: boolean };
  readonly recording: { readonly commands: "on" | "off"; readonly terminal: "on" | "off" };
  readonly help: HelpSettings;
  readonly pod: PodSettings;
  readonly images: {
    readonly pullSecrets: readonly string[];
    readonly rewrite: readonly { readonly from: string; readonly to: string }[];
  };
  readonly batch: { readonly max?: number; readonly concurrency?: number };
  /** IANA name. */
  readonly timezone: string;
}

export interface EgressRule {
  readonly cidr: string;
  /** Empty: all. */
  readonly ports: readonly number[];
}

export interface HelpSettings {
  readonly provider: "none" | "anthropic" | "openai-compatible";
  readonly endpoint?: string;
  readonly model?: string;
  readonly keyFrom?: { readonly env: string } | { readonly file: string } | { readonly secret: string };
  /** `spend` in US dollars a workspace. */
  readonly limits: { readonly perMinute: number; readonly spend?: number };
  /** US dollars a million tokens. */
  readonly price?: { readonly input: number; readonly output: number };
  readonly acceptKeyExposure: boolean;
}

/** As Kubernetes has it; Atelier hands it on. */
export interface PodSettings {
  readonly security?: Readonly<Record<string, unknown>>;
  readonly runtimeClassName?: string;
  readonly hostUsers?: boolean;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Readonly<Record<string, unknown>>[];
  readonly affinity?: Readonly<Record<string, unknown>>;
  readonly priorityClassName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
