/** Names of the files below `/workshop/runtime/`: the same in both modes, whoever reads them. */
export const runtimeFileNames = {
  commandLog: "command-log.jsonl",
  stateEvents: "state-events.jsonl",
  llmHistory: "llm-history.jsonl",
  /** Relative symlink to the current recording of the first terminal. */
  currentRecording: "session.cast",
  /** Which terminals are open and where their shells are, for the next container. */
  terminals: "terminals.json",
  lease: "lease",
  checkpoints: "checkpoints",
  /** Evidence of checks that students called wrong: one JSON file each. */
  disputes: "disputes",
} as const;

/** Where the platform layer lives in every image. */
export const platformPaths = {
  root: "/opt/atelier",
  node: "/opt/atelier/bin/node",
  tini: "/opt/atelier/bin/tini",
  goss: "/opt/atelier/bin/goss",
  setpriv: "/opt/atelier/bin/setpriv",
  flock: "/opt/atelier/bin/flock",
  /** A shell of our own, the same on every base: it holds a container until its server is wanted. */
  dash: "/opt/atelier/bin/dash",
  terminfo: "/opt/atelier/share/terminfo",
  caCertificates: "/opt/atelier/etc/ca-certificates.crt",
  server: "/opt/atelier/server/main.mjs",
  receiveConfig: "/opt/atelier/server/receive-config.mjs",
  shellIntegration: "/opt/atelier/shell",
  studentUi: "/opt/atelier/ui",
  /** JSON: {@link PlatformManifest}. */
  manifest: "/opt/atelier/platform.json",
} as const;

/** What a container remembers of itself in its own layer; it comes back with `docker start` and with nothing else. */
export const layerPaths = {
  folder: "/var/lib/atelier",
  /** There as soon as a server has been at work in this container. */
  record: "/var/lib/atelier/layer.json",
} as const;

export interface PlatformManifest {
  readonly v: 1;
  readonly contract: number;
  /** `linux/amd64` or `linux/arm64`. */
  readonly platform: string;
  /** Versions of what is inside, e.g. `{ node: "26.10.0", goss: "0.4.9" }`. */
  readonly versions: Readonly<Record<string, string>>;
}
