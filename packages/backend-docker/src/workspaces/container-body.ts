import { runtimePaths, serverPort } from "@atelier/contract";
import { compiledPaths } from "@atelier/domain";
import type { WorkspaceSettings } from "./workspace-labels.ts";

/**
 * Capabilities of the container's root, that is, of the server; the student's shell keeps none of them.
 * CHOWN, DAC_OVERRIDE, FOWNER: files and terminals are handed to the student. SETUID, SETGID: becoming
 * the student. KILL: ending their processes. NET_BIND_SERVICE: `onStart` may serve on port 80. SETPCAP
 * lets setpriv clear what is left; SYS_CHROOT is needed by package managers when the author's
 * `onStart` uses them; AUDIT_WRITE by sudo.
 */
const serverCapabilities = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "SETUID",
  "SETGID",
  "SETPCAP",
  "KILL",
  "NET_BIND_SERVICE",
  "SYS_CHROOT",
];
const sudoCapabilities = ["AUDIT_WRITE", "FSETID", "NET_RAW", "MKNOD"];

export interface ContainerPlan {
  readonly imageId: string;
  readonly hostname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly volume: string;
  /** Name of the workspace's own network; absent: the engine's default bridge. */
  readonly network?: string;
  /** In place of the image's own. */
  readonly entrypoint?: readonly string[];
}

/** The engine's document for a student container. */
export const containerBody = (settings: WorkspaceSettings, plan: ContainerPlan): unknown => ({
  Image: plan.imageId,
  ...(plan.entrypoint === undefined ? {} : { Entrypoint: plan.entrypoint }),
  Hostname: plan.hostname,
  Labels: plan.labels,
  // Its configuration comes as the first line; then nobody holds it open any more.
  OpenStdin: true,
  StdinOnce: true,
  ExposedPorts: { [`${serverPort}/tcp`]: {} },
  HostConfig: {
    // Loopback only: nobody else on the network reaches a student's shell. Any port will do, and two
    // containers of one workspace must not want the same: browsers come by the supervisor.
    PortBindings: { [`${serverPort}/tcp`]: [{ HostIp: "127.0.0.1", HostPort: "" }] },
    Mounts: [{ Type: "volume", Source: plan.volume, Target: compiledPaths.runtime }],
    Tmpfs: { [runtimePaths.folder]: "mode=0700,size=4m,noexec,nosuid,nodev" },
    CapDrop: ["ALL"],
    CapAdd: settings.sudo ? [...serverCapabilities, ...sudoCapabilities] : serverCapabilities,
    SecurityOpt: settings.sudo ? [] : ["no-new-privileges"],
    Memory: settings.resources.memoryBytes,
    MemorySwap: settings.resources.memoryBytes,
    PidsLimit: settings.resources.pids,
    ...(settings.resources.cpu === undefined ? {} : { NanoCpus: Math.round(settings.resources.cpu * 1e9) }),
    LogConfig: { Type: "json-file", Config: { "max-size": "5m", "max-file": "2" } },
    // A provider on this machine is reached under Docker's own name for it, and only where one is meant.
    ...(isOnThisMachine(settings.help?.endpoint) ? { ExtraHosts: [`${hostName}:host-gateway`] } : {}),
    RestartPolicy: { Name: "no" },
    ...(plan.network === undefined ? {} : { NetworkMode: plan.network }),
  },
});

const hostName = "host.docker.internal";

const isOnThisMachine = (endpoint: string | undefined): boolean =>
  endpoint !== undefined && new URL(endpoint).hostname === hostName;

/** Limits when the template says nothing; the manual's table is the same. */
export const defaultResources = { memoryBytes: 2 * 1024 ** 3, pids: 512 } as const;
