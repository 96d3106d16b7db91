import { parseWorkspaceName, type WorkspaceName } from "@atelier/domain";

/** Whom a request is for, read from its Host header alone. */
export type HostRoute =
  | { readonly kind: "management" }
  | { readonly kind: "workspace"; readonly workspace: WorkspaceName }
  | { readonly kind: "preview"; readonly workspace: WorkspaceName; readonly port: number }
  | { readonly kind: "unknown" };

const unknown: HostRoute = { kind: "unknown" };

/**
 * `127.0.0.1:<port>` and `localhost:<port>` are the management API, `<name>.localhost:<port>` a
 * workspace, `p<port>.<name>.localhost:<port>` a preview of a port in it. Compared byte by byte: a name
 * in upper case, with a trailing dot, user info, another port or any other host is unknown, which is
 * what stops DNS rebinding.
 */
export const routeOfHost = (host: string | undefined, listenPort: number): HostRoute => {
  const suffix = `:${listenPort}`;
  if (host === undefined || !host.endsWith(suffix)) return unknown;
  const name = host.slice(0, -suffix.length);
  if (name === "127.0.0.1" || name === "localhost") return { kind: "management" };
  if (!name.endsWith(".localhost")) return unknown;
  const labels = name.slice(0, -".localhost".length).split(".");
  const workspace = parseWorkspaceName(labels.at(-1) ?? "");
  if (workspace === undefined || labels.length > 2) return unknown;
  if (labels.length === 1) return { kind: "workspace", workspace };
  const port = parsePreviewPort(labels[0] ?? "");
  return port === undefined ? unknown : { kind: "preview", workspace, port };
};

/** `p3000` → 3000; with leading zeros it is no preview. */
const parsePreviewPort = (label: string): number | undefined => {
  const match = /^p([1-9][0-9]{0,4})$/.exec(label);
  const port = Number(match?.[1]);
  return match && port <= 65_535 ? port : undefined;
};
