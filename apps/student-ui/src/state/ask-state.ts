import type { AskEvent, LlmContextView, LlmMessages, NewQuestion, Problem } from "@atelier/contract";
import type { HelpLevel } from "../api/student-client.ts";
import type { Loadable } from "./student-state.ts";

/** One question of this visit, with as much of its answer as has come. */
export interface Exchange {
  readonly question: string;
  readonly level: HelpLevel;
  readonly id?: string;
  readonly answer: string;
  /** Absent while it is being answered. */
  readonly end?: Omit<Extract<AskEvent, { type: "end" }>, "type">;
  /** Exactly what went to the provider. */
  readonly sent?: LlmMessages;
}

export interface AskState {
  readonly context?: Loadable<LlmContextView>;
  readonly exchanges: readonly Exchange[];
  /** Why the last question was not taken; its words go back into the form. */
  readonly refusal?: { readonly problem: Problem; readonly question: string; readonly retryAt?: number };
}

export const noQuestions: AskState = { exchanges: [] };

export const isAnswering = ({ exchanges }: AskState): boolean => {
  const last = exchanges.at(-1);
  return last !== undefined && last.end === undefined;
};

const withLast = (ask: AskState, change: Partial<Exchange>): AskState => {
  const last = ask.exchanges.at(-1);
  return last === undefined ? ask : { ...ask, exchanges: [...ask.exchanges.slice(0, -1), { ...last, ...change }] };
};

const withoutRefusal = ({ refusal: _refusal, ...rest }: AskState): AskState => rest;

export const withQuestion = (ask: AskState, { question, level }: NewQuestion): AskState => ({
  ...withoutRefusal(ask),
  exchanges: [...ask.exchanges, { question, level, answer: "" }],
});

export const withAskEvent = (ask: AskState, event: AskEvent): AskState => {
  switch (event.type) {
    case "start":
      return withLast(ask, { id: event.id, sent: event.messages });
    case "text":
      return withLast(ask, { answer: (ask.exchanges.at(-1)?.answer ?? "") + event.text });
    case "end": {
      const { type: _type, ...end } = event;
      return withLast(ask, { end });
    }
  }
};

/** A question that was not taken leaves the list; one whose answer had begun is cut off instead. */
export const withRefusal = (
  ask: AskState,
  { problem, retryAt }: { readonly problem: Problem; readonly retryAt?: number },
): AskState => {
  const last = ask.exchanges.at(-1);
  if (last === undefined || last.end !== undefined) return ask;
  if (last.id !== undefined)
    return withLast(ask, { end: { outcome: "cut", code: problem.code, cause: problem.message } });
  return {
    ...ask,
    exchanges: ask.exchanges.slice(0, -1),
    refusal: { problem, question: last.question, ...(retryAt === undefined ? {} : { retryAt }) },
  };
};
