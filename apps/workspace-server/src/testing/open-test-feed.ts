import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FeedLetter, runtimeFileNames } from "@atelier/contract";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createByteSender } from "../http/send-bytes.ts";
import { addInstructorRoutes } from "../instructor/instructor-routes.ts";
import { createInstructorService, type InstructorService } from "../instructor/instructor-service.ts";
import { createPresenceList, type PresenceList } from "../instructor/presence.ts";

/** One event as a browser gets it. */
export interface ReceivedEvent {
  readonly id: string | undefined;
  readonly type: string;
  readonly data: string;
}

export interface FeedClient {
  readonly events: readonly ReceivedEvent[];
  /** The newest id it was given. */
  readonly lastId: string | undefined;
  /** Stops reading, so that the connection fills up; the second call reads on. */
  pause(): void;
  resume(): void;
  /** Ends the connection; resolves when it is gone. */
  cut(): Promise<void>;
}

/** The instructor's routes on a real port over a folder of real files. */
export interface TestFeed extends AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  readonly presence: PresenceList;
  readonly service: InstructorService;
  append(letter: FeedLetter, text: string): void;
  connect(lastEventId?: string, onEvent?: (event: ReceivedEvent) => void): FeedClient;
  get(
    path: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly body: Buffer;
  }>;
}

const token = "i".repeat(43);
const files: Readonly<Record<FeedLetter, string>> = {
  c: runtimeFileNames.commandLog,
  s: runtimeFileNames.stateEvents,
  l: runtimeFileNames.llmHistory,
};

export const openTestFeed = async (): Promise<TestFeed> => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-feed-"));
  const presence = createPresenceList();
  const service = createInstructorService({
    runtimeFolder: folder,
    presence,
    workspace: () => undefined,
    terminals: () => [],
    idleMs: () => undefined,
    now: () => new Date(),
    onChange: () => () => {},
    onError: (error) => {
      throw error;
    },
  });
  const app = new Hono();
  addInstructorRoutes(app, {
    rules: () => ({ tokens: { instructor: token }, origins: [], cookieName: "atelier_x" }),
    service: () => service,
    accessRequest: (context) => ({
      method: context.req.method,
      host: undefined,
      origin: undefined,
      cookie: undefined,
      authorization: context.req.header("authorization"),
    }),
    uiFolder: folder,
    sendBytes: createByteSender((error) => {
      throw error;
    }),
    problem: (context, status, body) => context.json({ ...body, fields: [] }, status),
  });
  app.onError((error, context) => context.json({ code: "code" in error ? error.code : String(error) }, 404));
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise<void>((resolve) => server.once("listening", () => resolve()));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const authorization = `Bearer ${token}`;

  return {
    folder,
    port,
    presence,
    service,
    append: (letter, text) => appendFileSync(join(folder, files[letter]), text),
    connect: (lastEventId, onEvent = () => {}) => {
      const events: ReceivedEvent[] = [];
      let lastId = lastEventId;
      let pending = "";
      const gone = Promise.withResolvers<void>();
      const outgoing = request({
        host: "127.0.0.1",
        port,
        path: "/api/instructor/events",
        agent: false,
        headers: { authorization, ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }) },
      });
      let pause = (): void => {};
      let resume = (): void => {};
      outgoing.once("response", (answer) => {
        pause = () => answer.pause();
        resume = () => answer.resume();
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          const blocks = (pending + chunk).split("\n\n");
          pending = blocks.pop() ?? "";
          for (const block of blocks) {
            const field = (name: string): string | undefined => new RegExp(`^${name}: ?(.*)$`, "m").exec(block)?.[1];
            const data = field("data");
            if (data === undefined) continue;
            const event = { id: field("id"), type: field("event") ?? "message", data };
            lastId = event.id ?? lastId;
            events.push(event);
            onEvent(event);
          }
        });
        answer.once("close", () => gone.resolve());
        answer.once("error", () => gone.resolve());
      });
      outgoing.on("error", () => gone.resolve()).end();
      return {
        events,
        get lastId() {
          return lastId;
        },
        pause: () => pause(),
        resume: () => resume(),
        cut: () => {
          outgoing.destroy();
          return gone.promise;
        },
      };
    },
    get: (path, headers = {}) =>
      new Promise((resolve, reject) => {
        request({ host: "127.0.0.1", port, path, agent: false, headers: { authorization, ...headers } }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.once("end", () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
          );
        })
          .once("error", reject)
          .end();
      }),
    [Symbol.asyncDispose]: async () => {
      if ("closeAllConnections" in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
