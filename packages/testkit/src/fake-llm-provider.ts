import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export const providerBehaviours = [
  "normal",
  /** 429 with Retry-After: 60. */
  "busy",
  /** 429 with Retry-After: 1 once, then normal. */
  "busy-once",
  "error",
  /** Takes the request and says nothing. */
  "slow",
  /** Says half the answer and then nothing. */
  "stalls",
  /** Breaks the connection off in the middle. */
  "cut",
  /** Ends the answer in order, but in the middle of the stream. */
  "unfinished",
  /** An event that is no JSON. */
  "garbled",
  /** An event of the right name and the wrong shape. */
  "misshapen",
  /** An event that never ends. */
  "endless-event",
  /** 200 with a page. */
  "page",
  /** An answer without end. */
  "huge",
  /** Says the key it was called with, also in pieces. */
  "echoes-key",
  /** 401 with the key in its words. */
  "refuses-key",
  "redirects",
  /** An error event in the middle. */
  "error-event",
  /** The model does not want to. */
  "refuses",
  /** OpenAI only: knows `max_completion_tokens` only. */
  "new-spelling",
  "empty",
] as const;
export type ProviderBehaviour = (typeof providerBehaviours)[number];

export interface ProviderRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
}

/** A provider on a port of its own that speaks the real wire formats and behaves as it is told. */
export interface FakeLlmProvider extends AsyncDisposable {
  readonly port: number;
  /** Without `/v1`. */
  readonly url: string;
  behaviour: ProviderBehaviour;
  readonly requests: readonly ProviderRequest[];
  /** Requests whose caller went away before the end. */
  readonly abandoned: number;
}

/** What it says, and the tokens it counts for that. */
export const fakeAnswer = "Look at the file with `cat`, then compare it with the task. Was it really saved?";
export const fakeUsage = { input: 321, output: 45 };

type Wire = "anthropic" | "openai";

/** @param host where to listen; containers need `0.0.0.0` */
export const startFakeLlmProvider = async (host = "127.0.0.1"): Promise<FakeLlmProvider> => {
  const requests: ProviderRequest[] = [];
  const state = { behaviour: "normal" as ProviderBehaviour, abandoned: 0 };
  const server = createServer((request, response) => {
    response.once("close", () => {
      if (!response.writableFinished) state.abandoned++;
    });
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>;
    requests.push({ path: request.url ?? "", headers: request.headers, body });
    const wire: Wire | undefined =
      request.url === "/v1/messages" ? "anthropic" : request.url === "/v1/chat/completions" ? "openai" : undefined;
    if (wire === undefined || body["stream"] !== true)
      return fail({ response, wire: wire ?? "openai" }, 404, "no such route");
    const key = String(request.headers["x-api-key"] ?? request.headers.authorization?.replace("Bearer ", "") ?? "");
    await behave({ response, wire, key, body, behaviour: state.behaviour, nth: requests.length });
  };
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get behaviour() {
      return state.behaviour;
    },
    set behaviour(next) {
      state.behaviour = next;
    },
    requests,
    get abandoned() {
      return state.abandoned;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

interface Scene {
  readonly response: ServerResponse;
  readonly wire: Wire;
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly behaviour: ProviderBehaviour;
  readonly nth: number;
}

const behave = async (scene: Scene): Promise<void> => {
  const { response, wire, key, body, behaviour, nth } = scene;
  switch (behaviour) {
    case "busy":
      response.setHeader("retry-after", "60");
      return fail(scene, 429, "rate limited");
    case "busy-once":
      if (nth === 1) {
        response.setHeader("retry-after", "1");
        return fail(scene, 429, "rate limited");
      }
      break;
    case "error":
      return fail(scene, 500, "internal");
    case "slow":
      return;
    case "page":
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome to the proxy</h1>");
      return;
    case "refuses-key":
      return fail(scene, 401, `Incorrect API key provided: ${key}`);
    case "redirects":
      response.writeHead(307, { location: "/elsewhere" }).end();
      return;
    case "new-spelling":
      if ("max_tokens" in body)
        return fail(scene, 400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
      break;
    default:
  }
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  const { begin, text, end, error } = speech[wire](response);
  begin();
  const half = fakeAnswer.slice(0, 30);
  switch (behaviour) {
    case "stalls":
      text(half);
      return;
    case "cut":
      text(half);
      await sleep(50);
      response.destroy();
      return;
    case "unfinished":
      text(half);
      response.end();
      return;
    case "garbled":
      text(half);
      response.end(wire === "anthropic" ? "event: content_block_delta\ndata: {not json\n\n" : "data: {not json\n\n");
      return;
    case "misshapen":
      text(half);
      response.end(
        wire === "anthropic"
          ? 'event: content_block_delta\ndata: {"type":"content_block_delta","delta":7}\n\n'
          : 'data: {"choices":{"0":"no list"}}\n\n',
      );
      return;
    case "endless-event":
      text(half);
      for (let round = 0; round < 1000 && !response.destroyed; round++)
        if (!response.write(`data: ${"x".repeat(8192)}`)) await sleep(5);
      response.end();
      return;
    case "huge":
      for (let round = 0; round < 5000 && !response.destroyed; round++) {
        text(`${"more and ".repeat(20)}\n`);
        if (round % 50 === 0) await sleep(1);
      }
      response.end();
      return;
    case "echoes-key":
      text(`Your key is ${key}, in pieces `);
      for (const character of key) text(character);
      text(" that is all");
      return end("end");
    case "error-event":
      text(half);
      return error();
    case "refuses":
      return end("refusal");
    case "empty":
      return end("end");
    default:
      for (const word of fakeAnswer.split(/(?<= )/)) text(word);
      end("end");
  }
};

const fail = ({ response, wire }: Pick<Scene, "response" | "wire">, status: number, message: string): void => {
  const body =
    wire === "anthropic"
      ? { type: "error", error: { type: status === 429 ? "rate_limit_error" : "api_error", message } }
      : { error: { message, type: "invalid_request_error", param: null, code: null } };
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

interface Speech {
  begin(): void;
  text(text: string): void;
  end(reason: "end" | "refusal"): void;
  error(): void;
}

const speech: Readonly<Record<Wire, (response: ServerResponse) => Speech>> = {
  anthropic: (response) => {
    const send = (type: string, rest: object): boolean =>
      response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`);
    return {
      begin: () => {
        send("message_start", {
          message: {
            id: "msg_1",
            type: "message",
            role: "assistant",
            content: [],
            stop_reason: null,
            usage: { input_tokens: fakeUsage.input, output_tokens: 1 },
          },
        });
        send("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
        send("ping", {});
      },
      text: (text) => send("content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
      end: (reason) => {
        send("content_block_stop", { index: 0 });
        send("message_delta", {
          delta: { stop_reason: reason === "end" ? "end_turn" : "refusal", stop_sequence: null },
          usage: { output_tokens: fakeUsage.output },
        });
        send("message_stop", {});
        response.end();
      },
      error: () => {
        send("error", { error: { type: "overloaded_error", message: "Overloaded" } });
        response.end();
      },
    };
  },
  openai: (response) => {
    const send = (rest: object): boolean =>
      response.write(
        `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "fake", ...rest })}\n\n`,
      );
    const choice = (delta: object, finish: string | null = null): boolean =>
      send({ choices: [{ index: 0, delta, finish_reason: finish }] });
    return {
      begin: () => choice({ role: "assistant", content: "" }),
      text: (text) => choice({ content: text }),
      end: (reason) => {
        choice({}, reason === "end" ? "stop" : "content_filter");
        send({
          choices: [],
          usage: { prompt_tokens: fakeUsage.input, completion_tokens: fakeUsage.output, total_tokens: 366 },
        });
        response.end("data: [DONE]\n\n");
      },
      error: () => {
        send({ error: { message: "overloaded", type: "server_error" } });
        response.end();
      },
    };
  },
};
