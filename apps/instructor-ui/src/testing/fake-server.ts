import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { encodeOutput, encodeSnapshot, type InstructorEvent } from "@atelier/contract";
import { servePretended } from "@atelier/testkit";
import { type WebSocket, WebSocketServer } from "ws";
import { createFakeSession, type Scenario, scenarios } from "./fake-session.ts";

export interface FakeServer {
  readonly url: string;
  /** Frames that watchers sent and should not have: input or a size of their own. */
  readonly intrusions: readonly string[];
  send(event: InstructorEvent): void;
  setDown(down: boolean): void;
  close(): Promise<void>;
}

const builtPage = join(import.meta.dirname, "../../dist");
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The instructor's half of a workspace server, pretended: for developing and testing the page only. */
export const startFakeServer = async (options: {
  readonly scenario: Scenario;
  readonly port?: number;
  readonly dist?: string;
}): Promise<FakeServer> => {
  const { scenario, port = 0, dist = builtPage } = options;
  const session = createFakeSession(scenario, Math.floor(Date.now() / 1000) * 1000);
  const records = [...session.records];
  const streams = new Set<ServerResponse>();
  const intrusions: string[] = [];
  let isDown = false;

  const textOf = (event: InstructorEvent, id?: number): string => {
    const { type, ...data } = event;
    return `${id === undefined ? "" : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  };
  const isRecord = ({ type }: InstructorEvent): boolean => ["command", "state", "exchange"].includes(type);
  const events = (request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(textOf({ ...session.live, now: new Date().toISOString() }));
    const after = Number(request.headers["last-event-id"] ?? 0);
    for (let id = after + 1; id <= records.length; id++) response.write(textOf(records[id - 1] as InstructorEvent, id));
    response.write(textOf({ type: "caught-up" }));
    streams.add(response);
    response.on("close", () => streams.delete(response));
  };
  const file = async (response: ServerResponse, path: string): Promise<void> => {
    const name = path === "/" ? "/index.html" : normalize(path);
    const body = await readFile(join(dist, name)).catch(() => undefined);
    response.writeHead(body === undefined ? 404 : 200, {
      "content-type": types[extname(name)] ?? "application/octet-stream",
      "content-security-policy": policy,
    });
    response.end(body);
  };
  const server = createServer((request, response) => {
    if (isDown) return request.socket.destroy();
    const { pathname } = new URL(request.url ?? "/", "http://fake.invalid");
    if (pathname.startsWith("/api/instructor/") && scenario === "refused") {
      response.writeHead(401, { "content-type": "application/json" });
      return response.end('{"code":"not-logged-in","message":"no","fields":[]}');
    }
    if (pathname === "/api/instructor/events") return events(request, response);
    if (pathname === "/api/instructor/recordings") {
      response.writeHead(200, { "content-type": "application/json" });
      return response.end(JSON.stringify(session.recordings));
    }
    if (pathname.startsWith("/api/instructor/recordings/")) return response.end(session.cast);
    file(response, pathname.startsWith("/instructor") ? pathname.slice("/instructor".length) || "/" : pathname).catch(
      () => response.destroy(),
    );
    return undefined;
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const watch = (socket: WebSocket): void => {
    socket.on("message", (data, isBinary) => {
      const text = isBinary ? "input" : String(data);
      if (isBinary || text.includes('"resize"')) intrusions.push(text);
      if (text.includes('"ping"')) socket.send('{"t":"pong"}');
      if (!text.includes('"attach"')) return;
      const bytes = Buffer.from(session.screen);
      socket.send(
        JSON.stringify({
          t: "hello",
          terminal: "1",
          epoch: "e1",
          state: "ready",
          head: bytes.length,
          cols: 100,
          rows: 30,
          resume: "snapshot",
          integration: "full",
          recording: true,
        }),
      );
      socket.send(encodeSnapshot({ seq: 0, cols: 100, rows: 30, payload: new Uint8Array() }));
      socket.send(encodeOutput(0, bytes));
    });
  };
  server.on("upgrade", (request, socket, head) => {
    if (isDown) return socket.destroy();
    return sockets.handleUpgrade(request, socket, head, watch);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : port}/instructor/`,
    intrusions,
    send: (event) => {
      if (isRecord(event)) records.push(event);
      for (const stream of streams) stream.write(textOf(event, isRecord(event) ? records.length : undefined));
    },
    setDown: (down) => {
      isDown = down;
      if (!isDown) return;
      for (const stream of streams) stream.destroy();
      for (const client of sockets.clients) client.terminate();
    },
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

if (import.meta.main)
  await servePretended(scenarios, startFakeServer, (server, line) => {
    // `down` and `up` play a network, `intrusions` asks for them, JSON is sent as an event.
    if (line === "down" || line === "up") server.setDown(line === "down");
    else if (line === "intrusions") process.stdout.write(`${JSON.stringify(server.intrusions)}\n`);
    else if (line.startsWith("{")) server.send(JSON.parse(line) as InstructorEvent);
  });
