import "./quiz-card.css";
import type { QuizView } from "@atelier/contract";
import { Button, Icon } from "@atelier/ui";
import { type FormEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { problemOf } from "../api/problem.ts";
import { useNow } from "../state/use-student.ts";
import { strings } from "../strings/en.ts";
import { type Place, type QuizAnswer, useContentClient } from "./content-client.ts";
import { sanitize } from "./sanitize.ts";

const words = strings.quiz;

/** A piece of text of the author's. */
const Text = ({ html, className, lang }: { html: string; className: string; lang: string }): ReactNode => {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => host.current?.replaceChildren(sanitize(html)), [html]);
  return <div ref={host} className={className} lang={lang} />;
};

export interface QuizCardProps {
  readonly quiz: QuizView;
  readonly place: Place;
  readonly lang: string;
}

/** A question of the text. The server grades: what is right is not known here. */
export const QuizCard = ({ quiz, place, lang }: QuizCardProps): ReactNode => {
  const client = useContentClient();
  const [answered, setAnswered] = useState(quiz.answered);
  const [answer, setAnswer] = useState<QuizAnswer>(() => firstAnswer(quiz));
  const [trouble, setTrouble] = useState("");
  const [isSending, setSending] = useState(false);
  const id = useId();
  // Another tab, or the events, may know more than the answer to our own request.
  useEffect(() => setAnswered(quiz.answered), [quiz.answered]);
  const now = useNow(answered?.retryAt !== undefined);
  const wait =
    answered?.retryAt === undefined ? 0 : Math.max(0, Math.ceil((Date.parse(answered.retryAt) - now) / 1000));
  const isDone = answered?.isRight === true;
  const isEmpty = "text" in answer ? answer.text.trim() === "" : answer.choices.length === 0;

  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (isEmpty || isDone || wait > 0 || isSending) return;
    setSending(true);
    setTrouble("");
    client
      .answer(place, quiz.id, answer)
      .then(
        (view) => setAnswered(view.answered),
        (error: unknown) => setTrouble(problemOf(error).message),
      )
      .finally(() => setSending(false));
  };

  return (
    <form className="quiz" data-state={isDone ? "right" : answered === undefined ? "open" : "wrong"} onSubmit={send}>
      <fieldset disabled={isDone}>
        <legend>
          <span className="quiz__eyebrow">{words.kinds[quiz.type]}</span>
          <Text className="quiz__question" html={quiz.questionHtml} lang={lang} />
        </legend>
        {"text" in answer ? (
          <input
            className="quiz__text"
            aria-label={words.yourAnswer}
            value={answer.text}
            maxLength={500}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            onChange={({ target }) => setAnswer({ text: target.value })}
          />
        ) : (
          quiz.optionsHtml.map((html, index) => (
            <label key={html} className="quiz__option">
              <input
                type={quiz.type === "single" ? "radio" : "checkbox"}
                name={id}
                checked={answer.choices.includes(index)}
                onChange={() => setAnswer({ choices: choose(quiz, answer.choices, index) })}
              />
              <Text className="quiz__option-text" html={html} lang={lang} />
            </label>
          ))
        )}
      </fieldset>
      <div className="quiz__result" role="status">
        {answered !== undefined && (
          <p className="quiz__verdict">
            <Icon name={isDone ? "check" : "cross"} size={14} />
            {isDone ? words.right : words.wrong}
          </p>
        )}
        {answered?.feedbackHtml.map((html) => (
          <Text key={html} className="quiz__feedback" html={html} lang={lang} />
        ))}
        {answered?.explanationHtml !== undefined && (
          <Text className="quiz__feedback" html={answered.explanationHtml} lang={lang} />
        )}
        {trouble !== "" && <p className="quiz__trouble">{trouble}</p>}
      </div>
      {!isDone && (
        <div className="quiz__actions">
          <Button size="small" look="plain" type="submit" isDisabled={isEmpty || wait > 0 || isSending}>
            {answered === undefined ? words.send : words.again}
          </Button>
          {wait > 0 && <span className="quiz__wait">{words.wait(wait)}</span>}
        </div>
      )}
    </form>
  );
};

const firstAnswer = ({ type, answered }: QuizView): QuizAnswer =>
  answered?.answer ?? (type === "text" ? { text: "" } : { choices: [] });

const choose = ({ type }: QuizView, chosen: readonly number[], index: number): number[] => {
  if (type === "single") return [index];
  return chosen.includes(index) ? chosen.filter((each) => each !== index) : [...chosen, index].sort((a, b) => a - b);
};
