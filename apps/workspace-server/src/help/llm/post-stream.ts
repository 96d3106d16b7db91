import { LlmFailure, type ProviderOptions } from "./llm-port.ts";

export interface PostOptions extends Pick<ProviderOptions, "fetch" | "deadlines"> {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly signal: AbortSignal;
  /** A body to try instead after a 400 whose words are given; undefined: give up. */
  readonly onBadRequest?: (words: string) => unknown;
}

/** Answers that are worth one more try. 529 is Anthropic's "overloaded". */
const passing = new Set([429, 500, 502, 503, 504, 529]);
const longestWaitSeconds = 4;
const tries = 2;

/**
 * POSTs JSON and answers the pieces of the body. What may pass by itself is tried once more. No redirect is
 * followed: the key goes to the configured place and nowhere else. Throws {@link LlmFailure}, or the
 * signal's reason.
 */
export async function* postStream(options: PostOptions): AsyncGenerator<Uint8Array> {
  const { deadlines, signal } = options;
  const slow = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expect = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(
      () => slow.abort(new LlmFailure("provider-slow", `The provider said nothing for ${Math.ceil(ms / 1000)} s.`)),
      ms,
    );
  };
  const total = setTimeout(
    () => slow.abort(new LlmFailure("provider-slow", "The answer took longer than it may.")),
    deadlines.totalMs,
  );
  const either = AbortSignal.any([signal, slow.signal]);
  try {
    const response = await send(
      { ...options, signal: either },
      {
        begins: () => expect(deadlines.firstByteMs),
        pauses: () => clearTimeout(timer),
      },
    );
    expect(deadlines.idleMs);
    if (!/^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "")) {
      await response.body?.cancel();
      throw new LlmFailure("provider-garbled", "The provider did not answer with a stream.");
    }
    for await (const chunk of response.body ?? []) {
      expect(deadlines.idleMs);
      yield chunk;
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (slow.signal.aborted) throw slow.signal.reason;
    if (error instanceof LlmFailure) throw error;
    // A connection that broke while the answer came ends the stream; the reader sees that no end was said.
    if (error instanceof TypeError && /terminated|aborted/i.test(error.message)) return;
    throw new LlmFailure("provider-failed", "The provider cannot be reached.", { cause: error });
  } finally {
    clearTimeout(timer);
    clearTimeout(total);
  }
}

const send = async (
  options: PostOptions,
  watch: { readonly begins: () => void; readonly pauses: () => void },
): Promise<Response> => {
  let body = options.body;
  for (let attempt = 1; ; attempt++) {
    watch.begins();
    const response = await options.fetch(options.url, {
      method: "POST",
      redirect: "error",
      headers: { "content-type": "application/json", accept: "text/event-stream", ...options.headers },
      body: JSON.stringify(body),
      signal: options.signal,
    });
    if (response.ok) return response;
    const words = (await response.text()).slice(0, 4000);
    const other = response.status === 400 ? options.onBadRequest?.(words) : undefined;
    if (other !== undefined && attempt <= tries) {
      body = other;
      continue;
    }
    const failure = failureOf(response);
    const wait = failure.retryAfterSeconds ?? 1;
    if (!passing.has(response.status) || attempt >= tries || wait > longestWaitSeconds) throw failure;
    watch.pauses();
    await pause(wait * 1000, options.signal);
  }
};

const failureOf = ({ status, headers }: Response): LlmFailure => {
  const after = Number(headers.get("retry-after"));
  const retry = Number.isFinite(after) && after > 0 ? { retryAfterSeconds: Math.ceil(after) } : {};
  if (status === 429 || status === 529)
    return new LlmFailure("provider-busy", `The provider takes no more questions right now (${status}).`, retry);
  if (status >= 500) return new LlmFailure("provider-failed", `The provider failed (${status}).`, retry);
  const why =
    status === 401 || status === 403
      ? "its key is not accepted"
      : status === 404
        ? "its model or address is not known"
        : "the request does not fit";
  return new LlmFailure("provider-refused", `The provider refused the question: ${why} (${status}).`);
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(done, ms);
    function done(): void {
      signal.removeEventListener("abort", stop);
      resolve();
    }
    function stop(): void {
      clearTimeout(timer);
      reject(signal.reason as Error);
    }
    signal.addEventListener("abort", stop, { once: true });
  });
