/** Attributes of a Goss resource type: those that assert something, and those that only say how. */
export interface GossType {
  readonly asserts: readonly string[];
  readonly settings: readonly string[];
}

/** On every resource. */
export const gossCommonSettings = ["title", "meta", "skip"] as const;

/** What Goss 0.4 knows (`gossfile` is known to it too, but includes cannot be used here). */
export const gossTypes: Readonly<Record<string, GossType>> = {
  addr: { asserts: ["reachable"], settings: ["address", "local-address", "timeout"] },
  command: { asserts: ["exit-status", "stdout", "stderr"], settings: ["exec", "timeout"] },
  dns: { asserts: ["resolvable", "resolveable", "addrs"], settings: ["resolve", "server", "timeout"] },
  file: {
    asserts: [
      "exists",
      "mode",
      "owner",
      "group",
      "uid",
      "gid",
      "filetype",
      "contents",
      "contains",
      "size",
      "md5",
      "sha256",
      "sha512",
      "linked-to",
    ],
    settings: ["path"],
  },
  group: { asserts: ["exists", "gid"], settings: ["groupname"] },
  http: {
    asserts: ["status", "headers", "body"],
    settings: [
      "url",
      "method",
      "allow-insecure",
      "no-follow-redirects",
      "timeout",
      "request-headers",
      "request-body",
      "username",
      "password",
      "ca-file",
      "cert-file",
      "key-file",
      "proxy",
    ],
  },
  interface: { asserts: ["exists", "addrs", "mtu"], settings: ["name"] },
  "kernel-param": { asserts: ["value"], settings: ["name", "key"] },
  matching: { asserts: ["matches"], settings: ["content", "as-reader"] },
  mount: {
    asserts: ["exists", "opts", "vfs-opts", "source", "filesystem", "usage"],
    settings: ["mountpoint", "timeout"],
  },
  package: { asserts: ["installed", "versions"], settings: ["name"] },
  port: { asserts: ["listening", "ip"], settings: ["port"] },
  process: { asserts: ["running"], settings: ["comm"] },
  service: { asserts: ["enabled", "running", "runlevels"], settings: ["name"] },
  user: { asserts: ["exists", "uid", "gid", "groups", "home", "shell"], settings: ["username"] },
};
