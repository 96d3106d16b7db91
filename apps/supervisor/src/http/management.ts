import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type CheckOrder,
  checkOrderSchema,
  extendOrderSchema,
  type OverlayOrder,
  overlayOrderSchema,
  type HealthView,
  type LocalWorkspaceView,
  managementApi,
  type OperationResult,
  type Problem,
  type ProgressLine,
  transitionOrderSchema,
} from "@atelier/contract";
import { AppError, isAppError, parseWorkspaceName } from "@atelier/domain";
import { z } from "zod";
import type { Progress } from "../workspace/local-workspace.ts";
import { isEqual } from "./front.ts";

/** What the routes call. */
export interface ManagementService {
  health(): HealthView;
  workspaces(): readonly LocalWorkspaceView[];
  start(name: string, progress: Progress): Promise<OperationResult>;
  stop(name: string, progress: Progress): Promise<OperationResult>;
  remove(name: string, progress: Progress): Promise<OperationResult>;
  transition(name: string, order: z.output<typeof transitionOrderSchema>, progress: Progress): Promise<OperationResult>;
  extend(name: string, seconds: number | undefined): Promise<OperationResult>;
  /** Texts for an author at work; see `OverlayOrder`. */
  overlay(name: string, order: OverlayOrder): Promise<OperationResult>;
  /** Runs a step's check where the student works; the result has it. */
  check(name: string, order: CheckOrder): Promise<OperationResult>;
  handover(): void;
}

/** Texts and pictures of an author at work are the largest order. */
const largestBody = 32 * 1024 * 1024;

/** Answers `contract/management`. */
export const createManagement =
  (service: ManagementService, token: string) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (request.headers.origin !== undefined || !isEqual(given, token)) {
      request.resume();
      answer(response, 401, problemOf(new AppError("not-allowed", "The supervisor takes orders from its CLI only.")));
      return;
    }
    route(service, request, response).catch((error: unknown) => {
      if (response.headersSent) response.end();
      else answer(response, statusOf(error), problemOf(error));
    });
  };

const route = async (service: ManagementService, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  if (request.method === "GET" && path === managementApi.health) return answer(response, 200, service.health());
  if (request.method === "GET" && path === managementApi.workspaces) return answer(response, 200, service.workspaces());
  if (request.method === "POST" && path === managementApi.handover) {
    service.handover();
    return answer(response, 202, {});
  }
  const [, text = "", verb = ""] = /^\/v1\/workspaces\/([^/]+)\/([a-z]+)$/.exec(path) ?? [];
  const name = parseWorkspaceName(text);
  const body = request.method === "POST" ? await readBody(request) : undefined;
  if (body === undefined || name === undefined) throw new AppError("not-found", "There is nothing here.");
  switch (verb) {
    case "start":
      return tell(response, (progress) => service.start(name, progress));
    case "stop":
      return tell(response, (progress) => service.stop(name, progress));
    case "remove":
      return tell(response, (progress) => service.remove(name, progress));
    case "transition": {
      const order = transitionOrderSchema.parse(body);
      return tell(response, (progress) => service.transition(name, order, progress));
    }
    case "overlay": {
      const order = overlayOrderSchema.parse(body);
      return tell(response, () => service.overlay(name, order));
    }
    case "check": {
      const order = checkOrderSchema.parse(body);
      return tell(response, () => service.check(name, order));
    }
    case "extend": {
      const { seconds } = extendOrderSchema.parse(body);
      return tell(response, () => service.extend(name, seconds));
    }
    default:
      throw new AppError("not-found", "There is nothing here.");
  }
};

/** Runs an operation and tells how it goes, a line at a time. */
const tell = async (
  response: ServerResponse,
  work: (progress: Progress) => Promise<OperationResult>,
): Promise<void> => {
  response.writeHead(200, { "Content-Type": "application/x-ndjson", "Cache-Control": "no-store" });
  response.flushHeaders();
  const say = (line: ProgressLine): void => {
    if (response.writable) response.write(`${JSON.stringify(line)}\n`);
  };
  try {
    const result = await work({
      onPhase: (text) => say({ t: "phase", text }),
      onBoot: (boot) => say({ t: "boot", boot }),
    });
    say({ t: "done", result });
  } catch (error) {
    say({ t: "failed", problem: problemOf(error) });
  }
  response.end();
};

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > largestBody) throw new AppError("bad-request", "The order is too long.");
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? {} : (JSON.parse(text) as unknown);
};

const answer = (response: ServerResponse, status: number, body: unknown): void => {
  response
    .writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" })
    .end(JSON.stringify(body));
};

const statusOf = (error: unknown): number => {
  if (error instanceof z.ZodError || error instanceof SyntaxError) return 400;
  return isAppError(error) ? (error.code === "not-found" ? 404 : 409) : 500;
};

const problemOf = (error: unknown): Problem => {
  if (isAppError(error))
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      fields: [],
    };
  if (error instanceof z.ZodError || error instanceof SyntaxError)
    return { code: "bad-request", message: `The order is not understood: ${error.message}`, fields: [] };
  return { code: "internal", message: error instanceof Error ? error.message : String(error), fields: [] };
};
