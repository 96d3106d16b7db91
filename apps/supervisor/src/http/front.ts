import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { controlPath, ownCookiePrefix, previewHeader, previewPrefix } from "@atelier/contract";
import { forwardRequest, forwardUpgrade, refuseUpgrade, type Upstream } from "@atelier/node-kit";
import type { HostRoute } from "../proxy/host-route.ts";
import { type Page, pages, renderPage } from "./pages.ts";

/** What the front has to know of a workspace. */
export interface Seen {
  readonly phase: "stopped" | "starting" | "running";
  readonly port?: number;
  readonly workspaceId: string;
  /** Something is done to it, or its server was lost a moment ago: what does not answer now may do so soon. */
  readonly isUnsettled: boolean;
}

export interface FrontOptions {
  /** Undefined: there is none of that name. */
  readonly find: (workspace: string) => Seen | undefined;
  readonly token: (workspaceId: string, role: "student" | "instructor" | "control") => string;
  readonly manage: (request: IncomingMessage, response: ServerResponse) => void;
  /** Does something for one connection; what it throws ends that connection and nothing else. */
  readonly guard: (socket: Duplex, act: () => void) => void;
}

/** Leads every request to the one place its Host names, and to no other. */
export interface Front {
  request(route: HostRoute, request: IncomingMessage, response: ServerResponse): void;
  upgrade(
    route: HostRoute,
    request: IncomingMessage,
    connection: { readonly socket: Duplex; readonly head: Buffer },
  ): void;
}

/** For so long a request waits for a workspace that is being moved; the longest part of a move is not this one. */
const patienceMs = 15_000;
const againMs = 50;

type Target = { readonly upstream: Upstream } | { readonly page: Page };

export const createFront = ({ find, token, manage, guard }: FrontOptions): Front => {
  const targetOf = (route: HostRoute, request: IncomingMessage): Target => {
    const url = request.url ?? "";
    // Only paths: a whole URL or `*` is for proxies of another kind.
    if (route.kind === "unknown" || route.kind === "management" || !url.startsWith("/"))
      return { page: pages.unknownHost() };
    const seen = find(route.workspace);
    if (seen === undefined) return { page: pages.unknownWorkspace(route.workspace) };
    const host = String(request.headers.host);
    if (seen.phase === "starting" && seen.port === undefined) return { page: pages.starting(route.workspace) };
    if (seen.port === undefined) return { page: pages.stopped(route.workspace) };
    const own = `http://${host}`;
    const origin = request.headers.origin;
    if (route.kind === "workspace") {
      if (isOfManager(url)) return { page: { ...pages.unknownHost(), status: 404 } };
      const server = `127.0.0.1:${seen.port}`;
      return {
        upstream: {
          port: seen.port,
          dropHeaders: [previewHeader],
          headers: { host: server, ...(origin === own ? { origin: `http://${server}` } : {}) },
          // For previews too, which are below this name; the fallback has no names below it.
          ...(host.includes(".localhost:") ? { rewriteSetCookie: withDomain(`${route.workspace}.localhost`) } : {}),
        },
      };
    }
    const isLoggedIn = cookiesOf(request).some(({ name, value }) => {
      if (!name.startsWith(ownCookiePrefix)) return false;
      return (["student", "instructor"] as const).some((role) => isEqual(value, token(seen.workspaceId, role)));
    });
    const home = `http://${host.slice(host.indexOf(".") + 1)}`;
    if (!isLoggedIn) return { page: pages.notLoggedIn(route.workspace, home) };
    return {
      upstream: {
        port: seen.port,
        path: `${previewPrefix}${route.port}${url}`,
        dropHeaders: carriesToken(request, seen.workspaceId) ? ["authorization"] : [],
        dropCookies: (name) => name.startsWith(ownCookiePrefix),
        headers: {
          host: `127.0.0.1:${seen.port}`,
          [previewHeader]: token(seen.workspaceId, "control"),
          // Development servers compare it with the host they think they have.
          ...(origin === own ? { origin: `http://localhost:${route.port}` } : {}),
        },
      },
    };
  };

  /** A program may have an Authorization of its own; one that is worth a shell is not for it. */
  const carriesToken = ({ headers }: IncomingMessage, workspaceId: string): boolean =>
    (["student", "instructor", "control"] as const).some((role) =>
      headers.authorization?.includes(token(workspaceId, role)),
    );

  return {
    request: (route, request, response) => {
      if (route.kind === "management") {
        manage(request, response);
        return;
      }
      const name = route.kind === "unknown" ? "" : route.workspace;
      const deadline = performance.now() + patienceMs;
      const lead = (): void => {
        const target = targetOf(route, request);
        if ("page" in target) {
          answerPage(request, response, target.page);
          return;
        }
        forwardRequest({ request, response }, target.upstream, ({ isRepeatable }) => {
          const isWorthIt = isRepeatable && find(name)?.isUnsettled === true && performance.now() < deadline;
          if (!isWorthIt) answerPage(request, response, pages.unreachable(name));
          else
            setTimeout(() => {
              if (!response.destroyed) guard(request.socket, lead);
            }, againMs);
        });
      };
      lead();
    },
    upgrade: (route, request, { socket, head }) => {
      const target = targetOf(route, request);
      if ("page" in target) refuseUpgrade(socket, `${target.page.status} Refused`);
      else forwardUpgrade({ request, socket, head }, target.upstream);
    },
  };
};

const codes: Readonly<Record<number, string>> = { 401: "not-logged-in", 502: "workspace-silent", 503: "not-ready" };

/** A page for people, a problem for programs. */
const answerPage = (request: IncomingMessage, response: ServerResponse, page: Page): void => {
  const wantsPage = (request.headers.accept ?? "").includes("text/html");
  const headers = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors http://*.localhost:*",
    "X-Content-Type-Options": "nosniff",
    ...(page.refresh === undefined ? {} : { Refresh: String(page.refresh), "Retry-After": String(page.refresh) }),
  };
  request.resume();
  if (wantsPage)
    response.writeHead(page.status, { ...headers, "Content-Type": "text/html; charset=utf-8" }).end(renderPage(page));
  else
    response.writeHead(page.status, { ...headers, "Content-Type": "application/json" }).end(
      JSON.stringify({
        code: codes[page.status] ?? "not-found",
        message: page.title,
        ...(page.command === undefined ? {} : { hint: page.command }),
        fields: [],
      }),
    );
};

/**
 * Paths of the manager only; from a browser they would mean that a page tries. Read as the server may
 * read them: `..`, `%2e` and backslashes resolved, and what begins with two slashes as another host's.
 */
const isOfManager = (url: string): boolean => {
  const whole = URL.parse(`http://workspace.invalid${url}`);
  const relative = URL.parse(url, "http://workspace.invalid");
  return (
    whole === null ||
    relative === null ||
    [url, whole.pathname, relative.pathname].some((path) => path.startsWith(previewPrefix)) ||
    [whole.pathname, relative.pathname].includes(controlPath)
  );
};

const withDomain =
  (domain: string) =>
  (line: string): string =>
    line.startsWith(ownCookiePrefix) && !/;\s*domain=/i.test(line) ? `${line}; Domain=${domain}` : line;

const cookiesOf = (request: IncomingMessage): readonly { readonly name: string; readonly value: string }[] =>
  (request.headers.cookie ?? "").split(";").map((part) => {
    const [name = "", ...value] = part.trim().split("=");
    return { name, value: value.join("=") };
  });

export const isEqual = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && left.length > 0 && timingSafeEqual(left, right);
};
