import { request } from "node:http";
import { type Problem, problemSchema } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { z } from "zod";

export interface ServerCall<T extends z.ZodType> {
  readonly port: number;
  readonly token: string;
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  readonly schema: T;
}

const timeoutMs = 15_000;

/** Asks a workspace's server as the student would. What it refuses is thrown as an `AppError` with its code. */
export const askServer = async <T extends z.ZodType>(call: ServerCall<T>): Promise<z.output<T>> => {
  const { status, text } = await send(call);
  const value = safeJson(text);
  if (status < 400) return call.schema.parse(value);
  const problem: Problem | undefined = problemSchema.safeParse(value).data;
  throw new AppError(
    problem?.code ?? "workspace-refused",
    [
      problem?.message ?? `The workspace answered ${status} to ${call.path}.`,
      ...(problem?.fields ?? []).map(({ message }) => `  - ${message}`),
    ].join("\n"),
    problem?.hint === undefined ? {} : { hint: problem.hint },
  );
};

const send = ({
  port,
  token,
  method = "GET",
  path,
  body,
}: ServerCall<z.ZodType>): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const payload = body === undefined ? "" : JSON.stringify(body);
    const outgoing = request(
      {
        host: "127.0.0.1",
        port,
        method,
        path,
        timeout: timeoutMs,
        // A kept connection may be ended on the other side while an order is on its way: done, or not, nobody knows.
        agent: false,
        headers: {
          Host: `127.0.0.1:${port}`,
          Authorization: `Bearer ${token}`,
          ...(method === "GET"
            ? {}
            : { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(payload)) }),
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer
          .once("error", reject)
          .once("end", () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }));
      },
    );
    outgoing
      .once("error", (cause) =>
        reject(new AppError("workspace-silent", `The workspace does not answer: ${cause.message}`, { cause })),
      )
      .once("timeout", () => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    outgoing.end(payload);
  });

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
