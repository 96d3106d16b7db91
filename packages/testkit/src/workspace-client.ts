import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type CheckView, decodeServerFrame, encodeInput, flowWindow, type WorkspaceView } from "@atelier/contract";
import { WebSocket } from "ws";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A student's browser without a browser: logs in with the printed link and speaks the contract. */
export interface WorkspaceClient {
  readonly origin: string;
  readonly cookie: string;
  get(path: string): Promise<HttpAnswer>;
  post(path: string, body?: unknown): Promise<HttpAnswer>;
  delete(path: string): Promise<HttpAnswer>;
  workspace(): Promise<WorkspaceView>;
  check(step: string): Promise<CheckView>;
  terminal(name?: string): Promise<TerminalClient>;
}

/** A terminal as a viewer sees it: bytes as text, acknowledged as they come. */
export interface TerminalClient extends Disposable {
  /** Everything so far. */
  readonly output: string;
  readonly bytes: number;
  /** Resolves with the next output, or with the end of the connection. */
  next(): Promise<void>;
  type(text: string): void;
  /** Waits until the output since the last wait matches; throws with the tail of the output. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<string>;
  /** Types a command line, waits for it to end and answers what it printed. */
  run(command: string, timeoutMs?: number): Promise<string>;
}

/** Follows a login link as a browser would. Throws when it is refused. */
export const openWorkspace = async (link: string): Promise<WorkspaceClient> => {
  const url = new URL(link);
  const port = Number(url.port);
  const call = (
    method: string,
    path: string,
    options: { readonly cookie?: string; readonly body?: unknown } = {},
  ): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const body = options.body === undefined ? undefined : JSON.stringify(options.body);
      const outgoing = request(
        {
          host: "127.0.0.1",
          port,
          method,
          path,
          headers: {
            Host: url.host,
            ...(options.cookie ? { Cookie: options.cookie } : {}),
            ...(method === "GET"
              ? {}
              : {
                  Origin: url.origin,
                  "Content-Type": "application/json",
                  "Content-Length": String(Buffer.byteLength(body ?? "")),
                }),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.once("error", reject).once("end", () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              text: Buffer.concat(chunks).toString("utf8"),
            }),
          );
        },
      );
      outgoing.once("error", reject).end(body);
    });
  const login = await call("GET", `${url.pathname}${url.search}`);
  const setCookie = login.headers["set-cookie"]?.[0];
  if (login.status !== 303 || setCookie === undefined)
    throw new Error(`the login link was refused with ${login.status}: ${login.text}`);
  const cookie = setCookie.split(";", 1)[0] ?? "";
  const json = async <T>(answer: Promise<HttpAnswer>): Promise<T> => {
    const { status, text } = await answer;
    if (status >= 400) throw new Error(`${status}: ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    origin: url.origin,
    cookie,
    get: (path) => call("GET", path, { cookie }),
    delete: (path) => call("DELETE", path, { cookie, body: {} }),
    post: (path, body) => call("POST", path, { cookie, body: body ?? {} }),
    workspace: () => json(call("GET", "/api/workspace", { cookie })),
    check: (step) => json(call("POST", `/api/steps/${step}/check`, { cookie, body: {} })),
    terminal: (name = "1") =>
      openTerminal({ url: `ws://127.0.0.1:${port}/api/terminals/${name}`, host: url.host, origin: url.origin, cookie }),
  };
};

const openTerminal = async ({
  url,
  host,
  origin,
  cookie,
}: {
  url: string;
  host: string;
  origin: string;
  cookie: string;
}): Promise<TerminalClient> => {
  const socket = new WebSocket(url, {
    headers: { Host: host, Origin: origin, Cookie: cookie },
    perMessageDeflate: false,
  });
  let output = "";
  let seen = 0;
  let bytes = 0;
  let acknowledged = 0;
  const decoder = new TextDecoder();
  let heard = Promise.withResolvers<void>();
  const hear = (): void => {
    const { resolve } = heard;
    heard = Promise.withResolvers();
    resolve();
  };
  socket.once("close", hear);
  socket.on("message", (data: Buffer, isBinary) => {
    const frame = isBinary ? decodeServerFrame(data) : undefined;
    if (frame === undefined) return;
    output += decoder.decode(frame.payload, { stream: true });
    bytes += frame.payload.length;
    hear();
    const end = frame.kind === "output" ? frame.seq + frame.payload.length : frame.seq;
    if (end - acknowledged >= flowWindow.ackEvery) {
      acknowledged = end;
      socket.send(JSON.stringify({ t: "ack", seq: end }));
    }
  });
  await new Promise<void>((resolve, reject) => socket.once("open", resolve).once("error", reject));
  socket.send(JSON.stringify({ t: "attach", cols: 120, rows: 30 }));
  let counter = 0;
  const client: TerminalClient = {
    get output() {
      return output;
    },
    get bytes() {
      return bytes;
    },
    next: () => heard.promise,
    type: (text) => socket.send(encodeInput(Buffer.from(text))),
    waitFor: async (pattern, timeoutMs = 10_000) => {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const match = pattern.exec(output.slice(seen));
        if (match) {
          const before = output.slice(seen, seen + match.index);
          seen += match.index + match[0].length;
          return before;
        }
        if (performance.now() > deadline)
          throw new Error(
            `the terminal did not show ${pattern} within ${timeoutMs} ms; it shows:\n${output.slice(-2000)}`,
          );
        if (socket.readyState !== socket.OPEN)
          throw new Error(`the terminal's connection closed; it showed:\n${output.slice(-2000)}`);
        await sleep(5);
      }
    },
    run: async (command, timeoutMs) => {
      const mark = `done-${++counter}-${Math.random().toString(36).slice(2)}`;
      // Split, so that the echo of the line is not taken for its result.
      client.type(`${command}\nprintf '%s-%s\\n' '${mark.slice(0, 4)}' '${mark.slice(5)}'\n`);
      return client.waitFor(new RegExp(`^${mark}\\r?$`, "m"), timeoutMs);
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
  return client;
};
