import { request } from "node:http";
import {
  type CheckOrder,
  type CheckView,
  type ExtendOrder,
  type HealthView,
  healthViewSchema,
  type LocalWorkspaceView,
  localWorkspaceViewSchema,
  managementApi,
  type OperationResult,
  type OverlayOrder,
  problemSchema,
  type ProgressLine,
  progressLineSchema,
  type SupervisorFile,
  type TransitionOrder,
} from "@atelier/contract";
import { AppError } from "@atelier/domain";
import { z } from "zod";
import { jsonLines } from "../engine/json-lines.ts";

/** What an operation tells on its way. */
export type OnProgress = (line: Extract<ProgressLine, { t: "phase" | "boot" }>) => void;

export interface OrderOptions {
  readonly onProgress?: OnProgress;
  /** Ends the waiting, not the operation. */
  readonly signal?: AbortSignal;
}

/**
 * The running supervisor of a state directory. What it refuses is thrown as an `AppError` with its code;
 * when it does not answer any more, `supervisor-gone`.
 */
export interface SupervisorClient {
  readonly port: number;
  readonly version: string;
  health(timeoutMs?: number): Promise<HealthView>;
  workspaces(): Promise<readonly LocalWorkspaceView[]>;
  start(name: string, options?: OrderOptions): Promise<OperationResult>;
  stop(name: string, options?: OrderOptions): Promise<OperationResult>;
  remove(name: string, options?: OrderOptions): Promise<OperationResult>;
  transition(name: string, order: TransitionOrder, options?: OrderOptions): Promise<OperationResult>;
  extend(name: string, order: ExtendOrder): Promise<OperationResult>;
  /** Texts for an author at work. */
  overlay(name: string, order: OverlayOrder): Promise<OperationResult>;
  /** Runs the check of a step in the running workspace. */
  check(name: string, order: CheckOrder): Promise<CheckView>;
  /** It finishes what is under way and ends. */
  handover(): Promise<void>;
}

interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export const createSupervisorClient = ({ port, token, version }: SupervisorFile): SupervisorClient => {
  const open = ({ method, path, body, timeoutMs, signal }: Call) =>
    new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
      const payload = body === undefined ? "" : JSON.stringify(body);
      const outgoing = request(
        {
          host: "127.0.0.1",
          port,
          method,
          path,
          agent: false,
          ...(signal ? { signal } : {}),
          ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
          headers: {
            Host: `127.0.0.1:${port}`,
            Authorization: `Bearer ${token}`,
            ...(method === "POST" ? { "Content-Length": String(Buffer.byteLength(payload)) } : {}),
          },
        },
        resolve,
      );
      outgoing
        .once("error", (cause) => reject(signal?.aborted ? (signal.reason as Error) : gone(cause)))
        .once("timeout", () => outgoing.destroy(new Error("it does not answer")));
      outgoing.end(payload);
    });

  const read = async <T extends z.ZodType>(schema: T, call: Call): Promise<z.output<T>> => {
    const answer = await open(call);
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if ((answer.statusCode ?? 0) >= 400) throw problemOf(value);
    return schema.parse(value);
  };

  const follow = async (call: Call, onProgress: OnProgress = () => {}): Promise<OperationResult> => {
    const answer = await open(call);
    try {
      for await (const value of jsonLines(answer)) {
        if ((answer.statusCode ?? 0) >= 400) throw problemOf(value);
        const line = progressLineSchema.parse(value);
        if (line.t === "done") return line.result;
        if (line.t === "failed") throw problemOf(line.problem);
        onProgress(line);
      }
    } catch (error) {
      if (error instanceof AppError || call.signal?.aborted) throw error;
      throw gone(error as Error);
    }
    throw gone(new Error("it ended"));
  };

  const act = (name: string, verb: string, { body = {}, ...options }: OrderOptions & { body?: unknown } = {}) =>
    follow(
      {
        method: "POST",
        path: `${managementApi.workspaces}/${encodeURIComponent(name)}/${verb}`,
        body,
        ...(options.signal ? { signal: options.signal } : {}),
      },
      options.onProgress,
    );

  return {
    port,
    version,
    health: (timeoutMs = 2_000) => read(healthViewSchema, { method: "GET", path: managementApi.health, timeoutMs }),
    workspaces: () => read(z.array(localWorkspaceViewSchema), { method: "GET", path: managementApi.workspaces }),
    start: (name, options) => act(name, "start", options),
    stop: (name, options) => act(name, "stop", options),
    remove: (name, options) => act(name, "remove", options),
    transition: (name, order, options) => act(name, "transition", { ...options, body: order }),
    extend: (name, order) => act(name, "extend", { body: order }),
    overlay: (name, order) => act(name, "overlay", { body: order }),
    check: async (name, order) => {
      const { check } = await act(name, "check", { body: order });
      if (check === undefined) throw gone(new Error("it said nothing of the check"));
      return check;
    },
    handover: async () => {
      await read(z.unknown(), { method: "POST", path: managementApi.handover, body: {}, timeoutMs: 5_000 });
    },
  };
};

const gone = (cause: Error): AppError =>
  new AppError("supervisor-gone", `The supervisor does not answer (any more): ${cause.message}`, {
    hint: "Try again: the next command starts it anew, and it finds everything.",
    cause,
  });

const problemOf = (value: unknown): AppError => {
  const { data } = problemSchema.safeParse(value);
  return new AppError(
    data?.code ?? "supervisor-failed",
    data?.message ?? "The supervisor could not do it.",
    data?.hint === undefined ? {} : { hint: data.hint },
  );
};
