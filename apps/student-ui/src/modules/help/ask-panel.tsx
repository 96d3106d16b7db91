import "./ask-panel.css";
import { type LlmContextView, messageWithQuestion } from "@atelier/contract";
import { Button } from "@atelier/ui";
import { type FormEvent, type ReactNode, useEffect, useId, useState } from "react";
import type { HelpLevel } from "../../api/student-client.ts";
import { type Exchange, isAnswering, noQuestions } from "../../state/ask-state.ts";
import { useSession, useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { Confirm } from "../overlays/overlays.tsx";
import { useOffers } from "../palette/offers.ts";
import { ExchangeView, SentText } from "./exchange-view.tsx";
import { useSecondsUntil } from "./use-seconds-until.ts";

const words = strings.ask;
const levels: readonly HelpLevel[] = ["hints", "explain", "solve"];
const maxQuestion = 2000;

export interface AskPanelProps {
  readonly step: string;
  readonly model: string;
  readonly language: string;
  /** Whether the palette can open it, too. */
  readonly offered: boolean;
}

/** Questions to a language model, with what is sent and what is left of the limits. */
export const AskPanel = ({ step, model, language, offered }: AskPanelProps): ReactNode => {
  const session = useSession();
  const ask = useStudent().asks[step] ?? noQuestions;
  const [isOpen, setOpen] = useState(ask.exchanges.length > 0);
  const [question, setQuestion] = useState("");
  const [level, setLevel] = useState<HelpLevel>("hints");
  const [confirming, setConfirming] = useState(false);
  const name = useId();
  const busy = isAnswering(ask);
  const context = ask.context?.state === "ready" ? ask.context.value : undefined;
  const wait = useSecondsUntil(ask.refusal?.retryAt);

  // A question that was not taken goes back into the form: nobody types twice.
  const refused = ask.refusal?.question;
  useEffect(() => {
    if (refused !== undefined) setQuestion((typed) => (typed === "" ? refused : typed));
  }, [refused]);

  const open = (): void => {
    setOpen(true);
    session.showAskContext(step, level);
  };
  useOffers(
    offered && !isOpen
      ? [{ id: "ask", title: words.open, group: strings.palette.groups.help, inText: true, run: open }]
      : [],
  );
  if (!isOpen)
    return (
      <div className="ask__open">
        <Button size="small" icon="text" onPress={open}>
          {words.open}
        </Button>
      </div>
    );

  const choose = (next: HelpLevel): void => {
    setLevel(next);
    session.showAskContext(step, next);
  };
  const send = (): void => {
    session.ask(step, { question: question.trim(), level });
    setQuestion("");
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (busy || question.trim() === "" || wait > 0) return;
    if (level === "solve") setConfirming(true);
    else send();
  };

  return (
    <section className="ask" aria-label={words.heading}>
      <h3>{words.heading}</h3>
      {earlierThan(ask.exchanges, context).map((exchange) => (
        <ExchangeView key={exchange.id} exchange={exchange} model={model} />
      ))}
      {ask.exchanges.map((exchange, index) => (
        <ExchangeView key={exchange.id ?? `new-${index}`} exchange={exchange} model={model} />
      ))}
      <p className="ask__announce" role="status">
        {busy ? words.answering : ask.exchanges.at(-1)?.end?.outcome === "answered" ? words.answered : ""}
      </p>
      <form className="ask__form" onSubmit={submit}>
        <label htmlFor={`${name}-question`}>{words.question}</label>
        <textarea
          id={`${name}-question`}
          lang={language}
          rows={3}
          maxLength={maxQuestion}
          value={question}
          placeholder={words.placeholder}
          onChange={({ target }) => setQuestion(target.value)}
        />
        <fieldset className="ask__levels">
          <legend>{words.wants}</legend>
          {levels.map((candidate) => (
            <label key={candidate}>
              <input
                type="radio"
                name={`${name}-level`}
                checked={level === candidate}
                onChange={() => choose(candidate)}
              />
              {words.level[candidate]}
            </label>
          ))}
        </fieldset>
        {ask.refusal !== undefined && (
          <p className="answer__remark" role="alert">
            {wait > 0 ? words.again(wait) : `${ask.refusal.problem.message} ${ask.refusal.problem.hint ?? ""}`}
          </p>
        )}
        <div className="ask__actions">
          {busy ? (
            <Button size="small" icon="cross" onPress={() => session.stopAnswer()}>
              {words.stop}
            </Button>
          ) : (
            <Button look="primary" size="small" type="submit" isDisabled={question.trim() === "" || wait > 0}>
              {words.send}
            </Button>
          )}
          {context !== undefined && <Limits limits={context.limits} />}
        </div>
      </form>
      {context !== undefined && (
        <details className="ask__sent">
          <summary>{words.showSent}</summary>
          <p>{words.sentNow(model, context.host)}</p>
          <SentText
            messages={{ ...context.messages, message: messageWithQuestion(context.messages.message, question) }}
          />
        </details>
      )}
      {ask.context?.state === "failed" && (
        <p className="answer__remark" role="alert">
          {ask.context.problem.message}
        </p>
      )}
      <p className="help__note">{words.mistakes}</p>
      <Confirm
        isOpen={confirming}
        title={strings.help.confirmSolve}
        text={words.confirmSolveText}
        button={words.confirmSolveButton}
        onAnswer={(yes) => {
          setConfirming(false);
          if (yes) send();
        }}
      />
    </section>
  );
};

/** What was asked before this visit, without what the list of this visit has already. */
const earlierThan = (exchanges: readonly Exchange[], context: LlmContextView | undefined): readonly Exchange[] => {
  const own = new Set(exchanges.map(({ id }) => id));
  return (context?.earlier ?? [])
    .filter(({ id }) => !own.has(id))
    .map(({ id, level, question, answer }) => ({ id, level, question, answer, end: { outcome: "answered" } }));
};

const dollars = (amount: number): string =>
  new Intl.NumberFormat("en", {
    style: "currency",
    currency: "USD",
    maximumFractionDigits: amount < 0.1 ? 4 : 2,
  }).format(amount);

const Limits = ({ limits }: { readonly limits: LlmContextView["limits"] }): ReactNode => (
  <span className="ask__limits">
    {words.left(limits.left, limits.perMinute)}
    {limits.spend !== undefined && ` · ${words.spent(dollars(limits.spent), dollars(limits.spend))}`}
  </span>
);
