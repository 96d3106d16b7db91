import { memo, type ReactNode } from "react";
import { answerParts } from "./answer-parts.ts";

/** An answer as text: React writes every part of it as a text node. */
export const AnswerText = memo(
  ({ answer }: { readonly answer: string }): ReactNode => (
    <div className="answer__text">
      {answerParts(answer.trim()).map(({ kind, text, at }) =>
        kind === "code" ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
          <pre key={at} tabIndex={0}>
            <code>{text.replace(/\n$/, "")}</code>
          </pre>
        ) : kind === "word" ? (
          <code key={at}>{text}</code>
        ) : (
          <span key={at}>{text}</span>
        ),
      )}
    </div>
  ),
);
AnswerText.displayName = "AnswerText";
