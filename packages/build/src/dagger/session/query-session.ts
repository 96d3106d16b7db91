import { Agent, request } from "node:http";
import { z } from "zod";
import type { SessionAddress } from "./open-session.ts";

/** What the engine says of a query that failed; of a command that failed also how, and what it said. */
export class QueryFailed extends Error {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  constructor(message: string, command: z.output<typeof failedCommandSchema> | undefined) {
    super(message);
    this.name = "QueryFailed";
    this.exitCode = command?.exitCode;
    this.stdout = command?.stdout ?? "";
    this.stderr = command?.stderr ?? "";
  }
}

/** There is no session, or no engine behind it, any more. */
export class ConnectionLost extends Error {}

const failedCommandSchema = z.object({
  _type: z.literal("EXEC_ERROR"),
  exitCode: z.number(),
  stdout: z.string(),
  stderr: z.string(),
});

const answerSchema = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.unknown().optional() }))
    .min(1)
    .optional(),
});

/** Asks a session's server; what was asked and has no answer yet is cancelled, in the engine as well, by the signal. */
export interface SessionQuery extends Disposable {
  request(query: string): Promise<unknown>;
}

/**
 * The way to a session's server. Of our own, because the SDK's knows no signal: a build that is interrupted would
 * go on in a session that outlives it. The server cancels what a connection asked for when that breaks. Node's
 * `http` has no limit to how long an answer may take, which fetch has.
 */
export const querySession = ({ port, token }: SessionAddress, signal: AbortSignal): SessionQuery => {
  const kept = new Agent({ keepAlive: true });
  const authorization = `Basic ${Buffer.from(`${token}:`).toString("base64")}`;
  const send = (body: string, agent: Agent | false = kept): Promise<string> =>
    new Promise((resolve, reject) => {
      let isAnswered = false;
      const since = performance.now();
      const sent = request(
        {
          agent,
          signal,
          host: "127.0.0.1",
          port,
          path: "/query",
          method: "POST",
          headers: { authorization, "content-type": "application/json", "content-length": Buffer.byteLength(body) },
        },
        (response) => {
          isAnswered = true;
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.once("error", reject).once("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
        },
      );
      const failed = (error: NodeJS.ErrnoException): void => {
        if (!isAnswered && isStale(sent.reusedSocket, error, since) && !signal.aborted) resolve(send(body, false));
        else reject(error);
      };
      sent.once("error", failed).end(body);
    });
  return {
    request: async (query) => {
      const text = await send(JSON.stringify({ query })).catch((error: unknown) => {
        signal.throwIfAborted();
        throw new ConnectionLost((error as Error).message, { cause: error });
      });
      const { data, errors } = readAnswer(text);
      const failures = errors?.map(
        ({ message, extensions }) => new QueryFailed(message, failedCommandSchema.safeParse(extensions).data),
      );
      // Several things were asked of one command: any of them may say first that it failed, and one says how.
      const failure = failures?.find(({ exitCode }) => exitCode !== undefined) ?? failures?.[0];
      if (failure) throw failure;
      return data;
    },
    [Symbol.dispose]: () => kept.destroy(),
  };
};

/**
 * The other side closed a connection that had been kept, at the moment at which we took it. Asking again on another
 * one is safe although it is a POST: a query says what is to be there, and the engine does the same thing once; had the
 * first one arrived all the same, it was cancelled with its connection.
 */
const isStale = (isReused: boolean, { code }: NodeJS.ErrnoException, since: number): boolean =>
  isReused && (code === "ECONNRESET" || code === "EPIPE") && performance.now() - since < staleMs;
/** It shows at once; a command that ran for longer is not begun again behind its author's back. */
const staleMs = 1000;

/** A proxy on the way answers in plain text when there is no engine behind it any more. */
const readAnswer = (text: string): z.output<typeof answerSchema> => {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch {
    throw new ConnectionLost(text.slice(0, 200));
  }
};
