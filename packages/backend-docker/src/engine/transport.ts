import { Agent, type IncomingMessage, request } from "node:http";
import type { Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "@atelier/domain";
import type { z } from "zod";
import type { EngineEndpoint } from "./endpoint.ts";
import { engineVersionSchema } from "./shapes.ts";

export interface Call {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE" | "HEAD";
  /** Path below the API version, e.g. `/containers/json`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly json?: unknown;
  readonly body?: Readable | Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly stream: IncomingMessage;
}

/** HTTP to the engine over a kept-alive socket. */
export interface Transport {
  /** The answer of a call, with its body still to be read. Throws `AppError` for 4xx and 5xx. */
  open(call: Call): Promise<Answer>;
  /** Body as parsed JSON; undefined when there is none. */
  json(call: Call): Promise<unknown>;
  /** Body as the schema has it; an answer of another shape is an `AppError` `docker-failed`. */
  read<T extends z.ZodType>(schema: T, call: Call): Promise<z.output<T>>;
  /** Takes the connection over (exec, attach); an abort destroys it, then and later. */
  hijack(call: Call): Promise<Duplex>;
  close(): void;
}

export const oldestApi = "1.41";
const newestApi = "1.47";
/** What the system says when nothing listens there. */
const unreachable = [
  "ENOENT",
  "ENOTSOCK",
  "ECONNREFUSED",
  "EACCES",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
];

/** `1.41` < `1.5`? No: compares numbers, part by part. */
export const compareApi = (a: string, b: string): number => {
  const [left, right] = [a, b].map((text) => text.split(".").map(Number)) as [number[], number[]];
  return (left[0] ?? 0) - (right[0] ?? 0) || (left[1] ?? 0) - (right[1] ?? 0);
};

/** Connects and agrees on an API version. Throws `AppError` `docker-unreachable` or `docker-too-old`. */
export const openTransport = async (endpoint: EngineEndpoint, signal?: AbortSignal): Promise<Transport> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const target =
    endpoint.kind === "socket" ? { socketPath: endpoint.path } : { host: endpoint.host, port: endpoint.port };
  const name = endpoint.kind === "socket" ? endpoint.path : `${endpoint.host}:${endpoint.port}`;
  let version = "";

  const start = (call: Call, extra: Readonly<Record<string, string>>, agentFor: Agent | false) => {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(call.query ?? {})) if (value !== undefined) query.set(key, String(value));
    const body = call.json === undefined ? call.body : Buffer.from(JSON.stringify(call.json));
    const type = call.json === undefined ? call.contentType : "application/json";
    const outgoing = request({
      ...target,
      method: call.method ?? "GET",
      path: `${version}${call.path}${query.size > 0 ? `?${query}` : ""}`,
      agent: agentFor,
      ...(call.signal ? { signal: call.signal } : {}),
      headers: {
        Host: "docker",
        ...(type ? { "Content-Type": type } : {}),
        ...(Buffer.isBuffer(body) ? { "Content-Length": String(body.length) } : {}),
        ...call.headers,
        ...extra,
      },
    });
    return { outgoing, body };
  };

  const failed = (error: unknown, call: Call): Error => {
    if (call.signal?.aborted) return call.signal.reason as Error;
    if (error instanceof AppError) return error;
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (unreachable.includes(code))
      return new AppError("docker-unreachable", `No Docker engine answers at ${name} (${code}).`, {
        cause: error,
        hint:
          code === "EACCES"
            ? "Add yourself to the group that owns the socket (usually `docker`), or run as root."
            : "Start Docker, or point DOCKER_HOST at a running engine; `atelier doctor` shows what was tried.",
      });
    return new AppError("docker-failed", `The connection to the Docker engine broke: ${message}`, { cause: error });
  };

  const open = (call: Call, isRetry = false): Promise<Answer> =>
    new Promise<Answer>((resolve, reject) => {
      const { outgoing, body } = start(call, {}, agent);
      outgoing.once("error", (error: NodeJS.ErrnoException) => {
        // A kept-alive connection that an engine's restart has ended says nothing about the engine now.
        const isStale = outgoing.reusedSocket && ["ECONNRESET", "EPIPE"].includes(error.code ?? "");
        if (isStale && !isRetry && (call.method ?? "GET") === "GET") open(call, true).then(resolve, reject);
        else reject(failed(error, call));
      });
      outgoing.once("response", (stream) => {
        const status = stream.statusCode ?? 0;
        if (status < 400) resolve({ status, headers: stream.headers, stream });
        else void refusal(stream, call).then(reject, reject);
      });
      if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
      else pipeline(body, outgoing).catch((error) => reject(failed(error, call)));
    });

  const json = async (call: Call): Promise<unknown> => {
    const { stream } = await open(call);
    const text = await textOf(stream).catch((error: unknown) => {
      throw failed(error, call);
    });
    if (text === "") return undefined;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new AppError("docker-failed", `What answers at ${name} is no Docker engine: ${text.slice(0, 200)}`, {
        cause,
        hint: "Point DOCKER_HOST at a Docker engine.",
      });
    }
  };

  const transport: Transport = {
    open: (call) => open(call),
    json,
    read: async (schema, call) => {
      const { data, error } = schema.safeParse(await json(call));
      if (error === undefined) return data;
      const [issue] = error.issues;
      throw new AppError(
        "docker-failed",
        `The Docker engine's answer to ${call.method ?? "GET"} ${call.path} is not understood: ${issue?.path.join(".")}: ${issue?.message}`,
        { cause: error },
      );
    },
    hijack: (call) =>
      new Promise<Duplex>((resolve, reject) => {
        const { outgoing, body } = start(call, { Connection: "Upgrade", Upgrade: "tcp" }, false);
        outgoing.once("error", (error) => reject(failed(error, call)));
        outgoing.once("upgrade", (_answer, socket, head) => {
          if (head.length > 0) socket.unshift(head);
          // The request is over with the upgrade, so its signal no longer reaches the connection.
          const abort = (): void => void socket.destroy(call.signal?.reason as Error);
          call.signal?.addEventListener("abort", abort, { once: true });
          socket.once("close", () => call.signal?.removeEventListener("abort", abort));
          if (call.signal?.aborted) abort();
          resolve(socket);
        });
        outgoing.once("response", (stream) => void refusal(stream, call).then(reject, reject));
        outgoing.end(Buffer.isBuffer(body) ? body : undefined);
      }),
    close: () => agent.destroy(),
  };

  const api = await offeredApi(transport, signal).catch((error: unknown) => {
    agent.destroy();
    throw error;
  });
  if (compareApi(api, oldestApi) < 0) {
    agent.destroy();
    throw new AppError(
      "docker-too-old",
      `The Docker engine at ${name} speaks API ${api}; Atelier needs ${oldestApi} (Engine 20.10) or newer.`,
      {
        hint: "Update Docker Engine.",
      },
    );
  }
  version = `/v${compareApi(api, newestApi) < 0 ? api : newestApi}`;
  return transport;
};

/** The newest API an engine speaks. A ping is answered at once; for its version an engine asks other programs. */
const offeredApi = async (transport: Transport, signal?: AbortSignal): Promise<string> => {
  const call = signal ? { signal } : {};
  try {
    const { headers, stream } = await transport.open({ path: "/_ping", ...call });
    stream.resume();
    const offered = headers["api-version"];
    if (typeof offered === "string" && /^\d+\.\d+$/.test(offered)) return offered;
  } catch (error) {
    // Something that answers in its own way is asked once more, and told by what it says then.
    if (!(error instanceof AppError) || error.code === "docker-unreachable") throw error;
  }
  return (await transport.read(engineVersionSchema, { path: "/version", ...call })).ApiVersion;
};

const textOf = async (stream: Readable): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
};

const refusal = async (stream: IncomingMessage, call: Call): Promise<AppError> => {
  const text = await textOf(stream);
  let message = text.trim();
  try {
    message = (JSON.parse(text) as { message?: string }).message ?? message;
  } catch {
    // Not JSON: the text itself is the message.
  }
  const status = stream.statusCode ?? 0;
  const code = status === 404 ? "docker-not-found" : status === 409 ? "docker-conflict" : "docker-failed";
  return new AppError(
    code,
    message === "" ? `The Docker engine answered ${status} to ${call.method ?? "GET"} ${call.path}.` : message,
    {
      ...(/no space left on device/i.test(message)
        ? { hint: "The engine's disk is full: `atelier clean` and `docker system df` show what can go." }
        : {}),
    },
  );
};
