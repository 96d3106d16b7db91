import { Agent, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Where a request goes: always 127.0.0.1, a port that we published ourselves. */
export interface Upstream {
  readonly port: number;
  /** Headers that replace or join the client's, e.g. Host and Authorization. */
  readonly headers: Readonly<Record<string, string>>;
  /** Path and query to ask for; absent: the client's. */
  readonly path?: string;
  /** Names of our cookies, which must not reach the other side. */
  readonly dropCookies?: (name: string) => boolean;
}

/** Connection-level headers of RFC 9110 §7.6.1, which a proxy never passes on. */
const hopHeaders = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

const outgoingHeaders = (message: IncomingMessage, upstream: Upstream): Record<string, string | string[]> => {
  const named = new Set(
    (message.headers.connection ?? "")
      .toLowerCase()
      .split(",")
      .map((name) => name.trim()),
  );
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value === undefined || hopHeaders.has(name) || named.has(name)) continue;
    headers[name] =
      name === "cookie" && upstream.dropCookies ? withoutCookies(String(value), upstream.dropCookies) : value;
  }
  if (headers["cookie"] === "") delete headers["cookie"];
  return Object.assign(headers, upstream.headers);
};

const withoutCookies = (header: string, isDropped: (name: string) => boolean): string =>
  header
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !isDropped(part.split("=", 1)[0] ?? ""))
    .join("; ");

/** Forwards one request and streams the answer back, SSE included. `onUnreachable` answers instead when no one listens. */
export const forwardRequest = (
  client: { readonly request: IncomingMessage; readonly response: ServerResponse },
  upstream: Upstream,
  onUnreachable: (cause: NodeJS.ErrnoException) => void,
): void => {
  const { request: incoming, response } = client;
  const outgoing = request({
    host: "127.0.0.1",
    port: upstream.port,
    method: incoming.method,
    path: upstream.path ?? incoming.url ?? "/",
    headers: outgoingHeaders(incoming, upstream),
    agent,
  });
  outgoing.once("response", (answer) => {
    const headers = { ...answer.headers };
    for (const name of hopHeaders) delete headers[name];
    response.writeHead(answer.statusCode ?? 502, headers);
    response.flushHeaders();
    answer.pipe(response);
    answer.once("error", () => response.destroy());
  });
  outgoing.once("error", (cause: NodeJS.ErrnoException) => {
    if (response.headersSent) response.destroy();
    else onUnreachable(cause);
  });
  response.once("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
};

/** Forwards a WebSocket upgrade and then copies bytes both ways. */
export const forwardUpgrade = (
  client: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
  upstream: Upstream,
): void => {
  const { request: incoming, socket, head } = client;
  const refuse = (): void => {
    if (socket.writable) socket.end("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  };
  if (incoming.headers.upgrade?.toLowerCase() !== "websocket") {
    refuse();
    return;
  }
  const outgoing = request({
    host: "127.0.0.1",
    port: upstream.port,
    method: "GET",
    path: upstream.path ?? incoming.url ?? "/",
    headers: { ...outgoingHeaders(incoming, upstream), connection: "Upgrade", upgrade: "websocket" },
  });
  socket.on("error", () => outgoing.destroy());
  outgoing.once("error", refuse);
  outgoing.once("response", (answer) => {
    socket.end(
      `HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ""}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
    answer.destroy();
  });
  outgoing.once("upgrade", (answer, peer, peerHead) => {
    const lines = [`HTTP/1.1 101 Switching Protocols`];
    for (let n = 0; n < answer.rawHeaders.length; n += 2)
      lines.push(`${answer.rawHeaders[n]}: ${answer.rawHeaders[n + 1]}`);
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    if (peerHead.length > 0) socket.write(peerHead);
    if (head.length > 0) peer.write(head);
    peer.on("error", () => socket.destroy());
    peer.on("close", () => socket.destroy());
    socket.on("close", () => peer.destroy());
    socket.pipe(peer);
    peer.pipe(socket);
  });
  outgoing.end();
};
