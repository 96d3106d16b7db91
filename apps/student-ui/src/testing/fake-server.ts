import { mkdtempSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { text } from "node:stream/consumers";
import { newQuestionSchema, type ServerSentEvent } from "@atelier/contract";
import { servePretended } from "@atelier/testkit";
import { WebSocketServer } from "ws";
import { fakeHelp, fakeImage, fakeTexts } from "./fake-content.ts";
import { createFakeFiles } from "./fake-files.ts";
import { createFakeModel } from "./fake-model.ts";
import { startFakePreview } from "./fake-preview.ts";
import { answerRecordings, createFakeRecordings } from "./fake-recordings.ts";
import { createFakeSaved } from "./fake-saved.ts";
import { createFakeTerminal, type FakeTerminal } from "./fake-terminal.ts";
import { createFakeWorkshop, type Scenario, scenarios } from "./fake-workshop.ts";

export interface FakeServer {
  readonly url: string;
  /** Where the shells live. */
  readonly home: string;
  send(event: ServerSentEvent): void;
  /** Cuts terminals and event streams and refuses everybody until `false`. */
  setDown(down: boolean): void;
  close(): Promise<void>;
}

export interface FakeServerOptions {
  readonly scenario?: Scenario;
  readonly port?: number;
  /** Folder of the built page. */
  readonly dist?: string;
}

const builtPage = join(import.meta.dirname, "../../dist");
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-src http://127.0.0.1:*; frame-ancestors 'none'";

/**
 * A pretended workspace server: the contract, a real shell of this machine's user, and a check that
 * looks at real files. For developing and testing the page only; it asks nobody for a token.
 */
export const startFakeServer = async ({
  scenario = "working",
  port = 0,
  dist = builtPage,
}: FakeServerOptions = {}): Promise<FakeServer> => {
  const home = mkdtempSync(join(tmpdir(), "atelier-fake-"));
  const preview = ["tools", "offering", "everything"].includes(scenario) ? await startFakePreview() : undefined;
  const workshop = createFakeWorkshop(scenario, { home, previewPort: preview?.port ?? 0 });
  const files = createFakeFiles(home);
  const model = createFakeModel();
  const saved = createFakeSaved();
  const recorded = createFakeRecordings(Date.now());
  const recordings = scenario === "unrecorded" ? { ...recorded, list: [] } : recorded;
  const streams = new Set<ServerResponse>();
  const terminals = new Map<string, FakeTerminal>();
  let down = false;
  let eventId = 0;

  const send = ({ type, ...data }: ServerSentEvent): void => {
    eventId++;
    for (const stream of streams) stream.write(`id: ${eventId}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const sendWorkspace = (): void => send({ type: "workspace", workspace: workshop.workspace() });
  const views = () => [...terminals.values()].map((terminal) => terminal.view());
  const openTerminal = (wanted?: string): FakeTerminal => {
    let number = 1;
    while (terminals.has(String(number))) number++;
    const name = wanted ?? String(number);
    const terminal = createFakeTerminal({
      name,
      home,
      onChange: () => send({ type: "terminals", terminals: views() }),
    });
    terminals.set(name, terminal);
    return terminal;
  };
  if (workshop.workspace().boot.phase === "ready") openTerminal();

  const json = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(body));
  };
  const refuse = (response: ServerResponse, status: number, [code, message]: readonly [string, string]): void =>
    json(response, status, { code, message, fields: [] });

  const events = (response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": hello\n\n");
    streams.add(response);
    const heartbeat = setInterval(() => response.write("event: heartbeat\ndata: {}\n\n"), 15_000);
    response.on("close", () => {
      clearInterval(heartbeat);
      streams.delete(response);
    });
  };

  const check = async (response: ServerResponse, id: string): Promise<void> => {
    send({ type: "check-started", step: id, trigger: "student" });
    const result = await workshop.check(id);
    send({ type: "check", check: result });
    sendWorkspace();
    json(response, 200, result);
  };

  const stepRoute = async (
    request: IncomingMessage,
    response: ServerResponse,
    [id = "", action, level = ""]: string[],
  ): Promise<void> => {
    const step = workshop.step(id);
    if (step === undefined) return refuse(response, 404, ["not-found", "There is no such step."]);
    if (step.state === "locked") return refuse(response, 403, ["step-locked", step.lockedReason ?? ""]);
    if (request.method === "GET" && action === undefined) return json(response, 200, step);
    if (request.method === "GET" && level === "context") return json(response, 200, model.context());
    if (action === "ask") {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      return model.ask(response, newQuestionSchema.parse(JSON.parse(Buffer.concat(chunks).toString("utf8"))));
    }
    if (request.method === "GET" && action === "help")
      return json(response, 200, { level, html: fakeHelp[level] ?? "" });
    if (action === "check") return check(response, id);
    if (action === "dispute")
      return json(response, 201, {
        id: "d-1",
        path: "/api/disputes/d-1",
        fileName: `evidence-${id}.json`,
        bytes: 2345,
        feedbackUrl: "https://author.example/issues",
      });
    if (action === "complete") workshop.finish(id, "completed");
    if (action === "enter") workshop.enter(id);
    sendWorkspace();
    json(response, 200, action === "enter" ? workshop.workspace() : workshop.step(id));
  };

  const terminalRoute = async (
    request: IncomingMessage,
    response: ServerResponse,
    name: string | undefined,
  ): Promise<void> => {
    if (request.method === "POST") {
      const wanted = (JSON.parse((await text(request)) || "{}") as { readonly name?: string }).name;
      return json(response, 201, openTerminal(wanted).view());
    }
    if (request.method === "DELETE" && name !== undefined) {
      terminals.get(name)?.close();
      terminals.delete(name);
      send({ type: "terminals", terminals: views() });
      response.writeHead(204).end();
      return;
    }
    json(response, 200, views());
  };

  const api = async (
    request: IncomingMessage,
    response: ServerResponse,
    [head = "", ...rest]: string[],
  ): Promise<void> => {
    const { boot } = workshop.workspace();
    if (head === "boot") return json(response, 200, boot);
    if (scenario === "refused")
      return refuse(response, 401, ["not-logged-in", "You are not logged in to this workspace."]);
    if (head === "events") return events(response);
    if (head === "workspace") return json(response, 200, workshop.workspace());
    if (head === "steps") return stepRoute(request, response, rest);
    if (head === "pages") return json(response, 200, { html: fakeTexts[rest[0] ?? ""] ?? "" });
    if (head === "disputes") return json(response, 200, { v: 1, kind: "atelier-check-evidence" });
    if (answerRecordings(response, [head, ...rest], recordings)) return;
    if (head === "files" || head === "work") return files(request, response, [head, ...rest]);
    if (head === "terminals") return terminalRoute(request, response, rest[0]);
    if (head === "leaving") return json(response, 200, saved.leaving(scenario));
    if (head === "checkpoints") return json(response, 200, saved.checkpoints());
    if (head === "replaced") return json(response, 200, request.method === "POST" ? saved.take() : saved.replaced());
    if (head === "requests")
      return refuse(response, 409, [
        "jobs-running",
        "“vim notes/todo.txt” still runs in terminal 1 and would be ended.",
      ]);
    refuse(response, 404, ["not-found", "There is nothing here."]);
  };

  const file = async (response: ServerResponse, path: string): Promise<void> => {
    const name = path === "/" ? "/index.html" : normalize(path);
    const body = await readFile(join(dist, name)).catch(() => undefined);
    if (body === undefined) return refuse(response, 404, ["not-found", "There is nothing here."]);
    response.writeHead(200, {
      "content-type": types[extname(name)] ?? "application/octet-stream",
      "content-security-policy": policy,
      "cache-control": "no-cache",
    });
    response.end(body);
  };

  const server = createServer((request, response) => {
    if (down) return request.socket.destroy();
    const { pathname } = new URL(request.url ?? "/", "http://fake.invalid");
    const parts = pathname.split("/").slice(1).map(decodeURIComponent);
    const answer =
      parts[0] === "api"
        ? api(request, response, parts.slice(1))
        : parts[0] === "content"
          ? undefined
          : file(response, pathname);
    if (answer === undefined) response.writeHead(200, { "content-type": "image/svg+xml" }).end(fakeImage);
    answer?.catch((error: unknown) => refuse(response, 500, ["fake", String(error)]));
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on("upgrade", (request, socket, head) => {
    const terminal = terminals.get(decodeURIComponent((request.url ?? "").split("/").at(-1) ?? ""));
    if (down || terminal === undefined) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (ws) => terminal.attach(ws));
  });
  // As the real one, it looks after work; this one after every half second.
  const selfCheck = async (): Promise<void> => {
    const { currentStep } = workshop.workspace();
    if (currentStep === undefined) return;
    const before = workshop.step(currentStep)?.state;
    const check = await workshop.check(currentStep, "auto");
    send({ type: "check", check });
    if (workshop.step(currentStep)?.state !== before) sendWorkspace();
  };
  const looking =
    scenario === "self-checking"
      ? setInterval(() => {
          if (workshop.step(workshop.workspace().currentStep ?? "")?.state === "current")
            selfCheck().catch((error: unknown) => process.stderr.write(`${error}\n`));
        }, 500)
      : undefined;
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();

  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : port}/`,
    home,
    send,
    setDown: (next) => {
      down = next;
      if (!down) return;
      for (const stream of streams) stream.destroy();
      for (const terminal of terminals.values()) terminal.cut();
    },
    close: async () => {
      clearInterval(looking);
      for (const terminal of terminals.values()) terminal.close();
      for (const stream of streams) stream.destroy();
      preview?.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(home, { recursive: true, force: true });
    },
  };
};

if (import.meta.main)
  await servePretended(scenarios, startFakeServer, (server, line) => {
    // They play a network that goes and comes back.
    if (line === "down" || line === "up") server.setDown(line === "down");
  });
