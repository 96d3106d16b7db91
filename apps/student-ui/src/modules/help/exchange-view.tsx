import type { LlmMessages } from "@atelier/contract";
import { Icon } from "@atelier/ui";
import type { ReactNode } from "react";
import type { Exchange } from "../../state/ask-state.ts";
import { strings } from "../../strings/en.ts";
import { AnswerText } from "./answer-text.tsx";

const words = strings.ask;

/** Both halves of what goes to the provider, word for word. */
export const SentText = ({ messages }: { readonly messages: LlmMessages }): ReactNode => (
  <>
    <h4>{words.system}</h4>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
    <pre tabIndex={0}>{messages.system}</pre>
    <h4>{words.message}</h4>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
    <pre tabIndex={0}>{messages.message}</pre>
  </>
);

export interface ExchangeViewProps {
  readonly exchange: Exchange;
  readonly model: string;
}

/** One question with its answer, while it comes and after. */
export const ExchangeView = ({ exchange, model }: ExchangeViewProps): ReactNode => {
  const { question, level, answer, end, sent } = exchange;
  const remark =
    end === undefined || end.outcome === "answered"
      ? undefined
      : [words.outcome[end.outcome], end.cause, end.retryAfterSeconds && words.again(end.retryAfterSeconds)]
          .filter(Boolean)
          .join(" ");
  return (
    <article className="answer" aria-busy={end === undefined}>
      <p className="answer__question">
        <span className="answer__who">{`${words.you} · ${words.level[level]}`}</span>
        {question}
      </p>
      {answer !== "" && (
        <section aria-label={words.answerOf(model)}>
          <AnswerText answer={answer} />
        </section>
      )}
      {end === undefined && <p className="answer__state">{words.answering}</p>}
      {remark !== undefined && (
        <p className="answer__remark" role="alert">
          <Icon name="warning" size={14} />
          {remark}
        </p>
      )}
      {sent !== undefined && end !== undefined && (
        <details className="ask__sent">
          <summary>{words.sentThen}</summary>
          <SentText messages={sent} />
        </details>
      )}
    </article>
  );
};
