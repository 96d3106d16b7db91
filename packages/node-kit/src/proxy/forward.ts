import { Agent, type ClientRequest, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Where a request goes: always to this machine. */
export interface Upstream {
  readonly port: number;
  /** Headers that replace or join the client's, e.g. Host and Authorization. */
  readonly headers: Readonly<Record<string, string>>;
  /** Path and query to ask for; absent: the client's. */
  readonly path?: string;
  /** Names of headers, in lower case, and of cookies that must not reach the other side. */
  readonly dropHeaders?: readonly string[];
  readonly dropCookies?: (name: string) => boolean;
  /** `Set-Cookie` lines of the answer as the client is to get them. */
  readonly rewriteSetCookie?: (line: string) => string;
  /** How to connect; absent: to 127.0.0.1, over connections that are kept. */
  readonly connect?: () => Duplex;
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
  "expect",
]);

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** What a connection says whose other side has ended it while a request was on its way. */
const endedMeanwhile = new Set(["ECONNRESET", "EPIPE"]);

/** A request that got no answer. */
export interface Unreached {
  readonly cause: NodeJS.ErrnoException;
  /** It only reads, or nobody has heard of it yet: asking again does nothing twice. */
  readonly isRepeatable: boolean;
}

type Headers = Record<string, string | string[]>;

/** What `Connection` names is of this connection only, like what the standard names. */
const isOfConnection = (message: IncomingMessage): ((name: string) => boolean) => {
  const named = new Set(
    (message.headers.connection ?? "")
      .toLowerCase()
      .split(",")
      .map((name) => name.trim()),
  );
  return (name) => hopHeaders.has(name) || named.has(name);
};

const outgoingHeaders = (message: IncomingMessage, upstream: Upstream): Headers => {
  const isLeftOut = isOfConnection(message);
  const headers: Headers = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value === undefined || isLeftOut(name) || upstream.dropHeaders?.includes(name)) continue;
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

interface Attempt {
  readonly upstream: Upstream;
  readonly headers: Headers;
  /** Over a connection that was used before, if there is one. */
  readonly mayReuse: boolean;
}

const ask = (incoming: IncomingMessage, { upstream, headers, mayReuse }: Attempt): ClientRequest => {
  const { connect } = upstream;
  return request({
    host: "127.0.0.1",
    port: upstream.port,
    method: incoming.method,
    path: upstream.path ?? incoming.url ?? "/",
    headers,
    ...(connect ? { createConnection: connect } : { agent: mayReuse ? agent : false }),
  });
};

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** Safe as RFC 9110 §9.2.1 has it, and without a body that could be read but once. */
const onlyReads = (incoming: IncomingMessage): boolean =>
  ["GET", "HEAD", "OPTIONS"].includes(incoming.method ?? "") && !hasBody(incoming);

/**
 * Forwards one request and streams the answer back, SSE included. `onUnreached` answers instead when no one does.
 *
 * Only what may be asked twice goes over connections that are kept: the other side may end one in the moment in
 * which it is used again, and nobody can tell then whether it has heard the request. That is asked again over a
 * connection of its own.
 */
export const forwardRequest = (
  client: { readonly request: IncomingMessage; readonly response: ServerResponse },
  upstream: Upstream,
  onUnreached: (unreached: Unreached) => void,
): void => {
  const { request: incoming, response } = client;
  const headers = outgoingHeaders(incoming, upstream);
  // Node frames the body of a GET or DELETE only when told to; without it the body would be the next request.
  if (incoming.headers["transfer-encoding"] !== undefined) headers["transfer-encoding"] = "chunked";
  const isSafe = onlyReads(incoming);
  const attempt = (mayReuse: boolean): void => {
    const outgoing = ask(incoming, { upstream, headers, mayReuse });
    let isConnected = false;
    let isGivenUp = false;
    passAnswer(outgoing, response, upstream);
    outgoing.on("error", (cause: NodeJS.ErrnoException) => {
      response.off("close", giveUp);
      if (response.headersSent) response.destroy();
      else if (isGivenUp) return;
      else if (mayReuse && outgoing.reusedSocket && endedMeanwhile.has(cause.code ?? "")) attempt(false);
      else onUnreached({ cause, isRepeatable: isSafe || !isConnected });
    });
    const giveUp = (): void => {
      isGivenUp = true;
      outgoing.destroy();
    };
    response.once("close", giveUp);
    // A body can be read once: not before there is somebody to read it to.
    whenConnected(outgoing, () => {
      isConnected = true;
      if (hasBody(incoming)) incoming.pipe(outgoing);
      else outgoing.end();
    });
  };
  attempt(isSafe);
};

const whenConnected = (outgoing: ClientRequest, act: () => void): void => {
  outgoing.once("socket", (socket) => {
    if (socket.connecting) socket.once("connect", act);
    else act();
  });
};

const passAnswer = (outgoing: ClientRequest, response: ServerResponse, { rewriteSetCookie }: Upstream): void => {
  outgoing.once("response", (answer) => {
    const isLeftOut = isOfConnection(answer);
    const passed: Headers = {};
    for (const [name, value] of Object.entries(answer.headers))
      if (value !== undefined && !isLeftOut(name)) passed[name] = value;
    if (rewriteSetCookie && answer.headers["set-cookie"])
      passed["set-cookie"] = answer.headers["set-cookie"].map(rewriteSetCookie);
    try {
      response.writeHead(answer.statusCode ?? 502, passed);
    } catch (cause) {
      // What a parser lets through may still be nothing that can be said on: a status of 099, to begin with.
      answer.destroy();
      answerUnspeakable(response, (cause as Error).message);
      return;
    }
    response.flushHeaders();
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  // A student's server may answer an ordinary request with an upgrade: nobody here asked for one.
  outgoing.once("upgrade", (_answer, socket) => {
    socket.destroy();
    response.writeHead(502).end();
  });
};

const answerUnspeakable = (response: ServerResponse, cause: string): void => {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response
    .writeHead(502, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" })
    .end(`The program answered with what is no HTTP: ${cause}\n`);
};

/** Answers an upgrade with a plain status and ends the connection. */
export const refuseUpgrade = (socket: Duplex, status: string): void => {
  // It is ours since the upgrade: a client that goes away now would be an error that nobody hears.
  socket.on("error", () => socket.destroy());
  // A client that leaves its side open would keep it for ever: no server looks after it any more.
  socket.once("finish", () => socket.destroy());
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};

/** Forwards a WebSocket upgrade and then copies bytes both ways. */
export const forwardUpgrade = (
  client: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
  upstream: Upstream,
): void => {
  const { request: incoming, socket, head } = client;
  socket.on("error", () => socket.destroy());
  if (incoming.headers.upgrade?.toLowerCase() !== "websocket" || incoming.method !== "GET") {
    refuseUpgrade(socket, "400 Bad Request");
    return;
  }
  const headers = { ...outgoingHeaders(incoming, upstream), connection: "Upgrade", upgrade: "websocket" };
  const outgoing = ask(incoming, { upstream, headers, mayReuse: false });
  socket.once("close", () => outgoing.destroy());
  outgoing.on("error", () => refuseUpgrade(socket, "502 Bad Gateway"));
  outgoing.once("response", (answer) => {
    const { statusCode = 502, statusMessage = "" } = answer;
    refuseUpgrade(socket, statusCode < 100 ? "502 Bad Gateway" : `${statusCode} ${statusMessage}`);
    answer.destroy();
  });
  outgoing.once("upgrade", (answer, peer, peerHead) => {
    const lines = ["HTTP/1.1 101 Switching Protocols"];
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
