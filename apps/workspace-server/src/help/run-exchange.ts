import type { AskEvent, LlmMessages } from "@atelier/contract";
import { guessTokens } from "./limits.ts";
import { type Llm, LlmFailure } from "./llm/llm-port.ts";
import type { KnownSecrets } from "../secrets/known-secrets.ts";

export interface ExchangeOptions {
  readonly llm: Llm;
  readonly messages: LlmMessages;
  readonly maxTokens: number;
  /** Values that must not appear in the answer. */
  readonly hidden: KnownSecrets;
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
}

export type ExchangeEnd = Omit<Extract<AskEvent, { type: "end" }>, "type">;

export interface ExchangeResult {
  readonly end: ExchangeEnd;
  readonly answer: string;
  /** Tokens; `estimated` when the provider did not say. */
  readonly usage: { readonly input: number; readonly output: number; readonly estimated: boolean };
  /** False when nothing was used that anybody would charge for. */
  readonly isCharged: boolean;
}

export const maxAnswerChars = 16_000;

/** Asks once and collects the answer, however it ends. Throws only what is a bug. */
export const runExchange = async (options: ExchangeOptions): Promise<ExchangeResult> => {
  const { llm, messages, maxTokens, signal, onText } = options;
  const mask = options.hidden.stream();
  const said: { input?: number; output?: number } = {};
  let answer = "";
  let guessedOutput = 0;
  const add = (text: string): void => {
    const part = text.slice(0, maxAnswerChars - answer.length);
    answer += part;
    if (part !== "") onText(part);
  };
  const read = async (): Promise<ExchangeEnd> => {
    // Leaving the loop early ends the request.
    for await (const event of llm({ ...messages, maxTokens, signal })) {
      if (event.type === "usage") Object.assign(said, { ...said, ...withoutType(event) });
      else if (event.type === "text") {
        guessedOutput += guessTokens(event.text);
        add(mask.push(plain(event.text)));
        if (answer.length >= maxAnswerChars) return { outcome: "shortened" };
      } else {
        if (event.reason === "refused") return refused;
        add(mask.end());
        if (answer.trim() === "") return empty;
        return { outcome: event.reason === "length" ? "shortened" : "answered" };
      }
    }
    return broken;
  };
  let end: ExchangeEnd;
  try {
    end = await read();
  } catch (error) {
    if (!signal.aborted && !(error instanceof LlmFailure)) throw error;
    end = signal.aborted ? { outcome: "cancelled" } : endOf(error as LlmFailure, answer !== "");
  }
  const isComplete = end.outcome === "answered" || end.outcome === "failed";
  return {
    end,
    answer,
    usage: {
      input: said.input ?? guessTokens(messages.system) + guessTokens(messages.message),
      // A stream that was left early has not said its last word on what it costs.
      output: isComplete && said.output !== undefined ? said.output : Math.max(said.output ?? 0, guessedOutput),
      estimated: said.input === undefined || said.output === undefined,
    },
    isCharged: guessedOutput > 0 || said.input !== undefined || !uncharged.has(end.code ?? ""),
  };
};

/** The provider turned the question away before any work. */
const uncharged = new Set(["provider-busy", "provider-refused", "provider-failed"]);

const broken: ExchangeEnd = {
  outcome: "cut",
  code: "provider-cut",
  cause: "The provider broke off in the middle of its answer.",
};
const refused: ExchangeEnd = {
  outcome: "failed",
  code: "model-refused",
  cause: "The model does not want to answer this.",
};
const empty: ExchangeEnd = {
  outcome: "failed",
  code: "provider-empty",
  cause: "The provider answered with nothing.",
};

const endOf = ({ code, message, retryAfterSeconds }: LlmFailure, hasText: boolean): ExchangeEnd => ({
  outcome: hasText ? "cut" : "failed",
  code,
  cause: message,
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});

const withoutType = <T extends { readonly type: string }>({ type: _type, ...rest }: T): Omit<T, "type"> => rest;

/** Control characters have no place in an answer. */
const plain = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go.
  text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
