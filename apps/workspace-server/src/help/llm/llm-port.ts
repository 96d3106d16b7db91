import type { LlmMessages } from "@atelier/contract";

/** One question to a model. It gets no tools and no history. */
export interface LlmRequest extends LlmMessages {
  readonly maxTokens: number;
  readonly signal: AbortSignal;
}

export type LlmEvent =
  | { readonly type: "text"; readonly text: string }
  /** Tokens so far; a later one replaces what it names. */
  | { readonly type: "usage"; readonly input?: number; readonly output?: number }
  /** The provider's own end: `length` when the answer reached the most tokens. */
  | { readonly type: "stop"; readonly reason: "end" | "length" | "refused" };

/** A provider, as the rest of the server sees it. Throws {@link LlmFailure}; a stream without `stop` was cut. */
export type Llm = (request: LlmRequest) => AsyncIterable<LlmEvent>;

export type LlmFailureCode =
  /** 429 or overloaded. */
  | "provider-busy"
  /** 5xx, or nobody answers. */
  | "provider-failed"
  /** 4xx: key, model or request do not fit. */
  | "provider-refused"
  /** What came is not of the wire format. */
  | "provider-garbled"
  | "provider-slow";

/** Why a provider did not answer. Its message is ours: a provider's own words may hold the key. */
export class LlmFailure extends Error {
  override readonly name = "LlmFailure";
  readonly code: LlmFailureCode;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: LlmFailureCode, message: string, options: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export interface ProviderOptions {
  /** As in the template, without a trailing slash. */
  readonly endpoint: string;
  readonly model: string;
  readonly key: string;
  readonly fetch: typeof fetch;
  /** Until the first byte of an answer, between two pieces of it, and for all of it. */
  readonly deadlines: Deadlines;
}

export interface Deadlines {
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}
