import type { IncomingMessage } from "node:http";
import { controlPath, instructorApi, type Role, studentApi } from "@atelier/contract";
import {
  type AccessRequest,
  type AccessRules,
  isAllowedHost,
  isAllowedOrigin,
  isInstructor,
  roleOf,
} from "./access.ts";
import { accessRequestOf } from "./app.ts";

/** Where a WebSocket leads, once nothing stands against it. */
export type Upgrade =
  | { readonly to: "control" }
  | { readonly to: "terminal"; readonly name: string; readonly role: Exclude<Role, "control"> };

interface UpgradeRoute {
  readonly path: string;
  readonly pattern: RegExp;
  /** Managers are no browsers: an Origin there means that a page tries. */
  readonly origin: "own" | "none";
  readonly open: (access: AccessRequest, rules: AccessRules, name: string) => Upgrade | undefined;
}

const terminalName = "([a-z0-9][a-z0-9-]{0,31})";

/** Every path on which an upgrade may be asked for. */
export const upgradeRoutes: readonly UpgradeRoute[] = [
  {
    path: controlPath,
    pattern: new RegExp(`^${controlPath}$`),
    origin: "none",
    open: (access, rules) => (roleOf(access, rules) === "control" ? { to: "control" } : undefined),
  },
  {
    path: studentApi.terminal,
    pattern: new RegExp(`^/api/terminals/${terminalName}$`),
    origin: "own",
    open: (access, rules, name) => {
      const role = roleOf(access, rules);
      return role === undefined || role === "control" ? undefined : { to: "terminal", name, role };
    },
  },
  {
    path: instructorApi.terminal,
    pattern: new RegExp(`^/api/instructor/terminals/${terminalName}$`),
    origin: "own",
    open: (access, rules, name) =>
      isInstructor(access, rules) ? { to: "terminal", name, role: "instructor" } : undefined,
  },
];

/** Where an upgrade leads, or why it is refused, as a status line's end. */
export const routeUpgrade = (
  request: IncomingMessage,
  rules: AccessRules | undefined,
  /** Undefined: terminals are not open yet. */
  terminals: readonly { readonly name: string }[] | undefined,
): Upgrade | string => {
  if (rules === undefined) return "503 Service Unavailable";
  const access = accessRequestOf("GET", headersOf(request));
  if (!isAllowedHost(access, rules)) return "421 Misdirected Request";
  // Anybody may write anything there; what is no path leads nowhere, like one that nobody knows.
  const path = URL.parse(request.url ?? "/", "http://workspace.invalid")?.pathname ?? "";
  const route = upgradeRoutes.find(({ pattern }) => pattern.test(path));
  if (route?.origin === "none" ? access.origin !== undefined : !isAllowedOrigin(access, rules, "upgrade"))
    return "403 Forbidden";
  const known = roleOf(access, rules) ?? (isInstructor(access, rules) ? "instructor" : undefined);
  if (route === undefined)
    return known === undefined || known === "control"
      ? "401 Unauthorized"
      : terminals
        ? "404 Not Found"
        : "503 Service Unavailable";
  const name = route.pattern.exec(path)?.[1] ?? "";
  const upgrade = route.open(access, rules, name);
  if (upgrade === undefined) return "401 Unauthorized";
  if (upgrade.to === "terminal" && !terminals?.some((terminal) => terminal.name === name))
    return terminals ? "404 Not Found" : "503 Service Unavailable";
  return upgrade;
};

const headersOf = (request: IncomingMessage): { get(name: string): string | undefined } => ({
  get: (name) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  },
});
