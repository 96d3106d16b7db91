import "./observation.css";
import type { HelpUse } from "@atelier/contract";
import type { ReactNode } from "react";
import { Icon } from "../icons/icons.tsx";
import { clock, strings } from "./strings/en.ts";

const words = strings.help;

const Facts = ({ use }: { readonly use: HelpUse }): ReactNode => (
  <span className="help-use__facts">
    {use.step} · {clock(use.at)}
  </span>
);

const Use = ({ use }: { readonly use: HelpUse }): ReactNode => {
  if (use.kind === "opened")
    return (
      <p className="help-use noted">
        <Icon name="bulb" size={14} />
        <span>
          {words.opened[use.level] ?? use.level} <Facts use={use} />
        </span>
      </p>
    );
  const { question, answer, outcome, cause } = use.exchange;
  return (
    <details className="help-use">
      <summary className="noted">
        <Icon name="info" size={14} />
        <span>
          {words.asked}: “{question}” <Facts use={use} />
        </span>
      </summary>
      {answer !== "" && (
        <blockquote className="help-use__answer" aria-label={words.answer}>
          {answer}
        </blockquote>
      )}
      {words.outcome[outcome] !== "" && (
        <p className="help-use__outcome">
          {words.outcome[outcome]} {cause}
        </p>
      )}
    </details>
  );
};

/** Help that the student took, newest first: pages that were opened, questions that were asked. */
export const HelpList = ({ help }: { readonly help: readonly HelpUse[] }): ReactNode =>
  help.length === 0 ? (
    <p className="panel__empty">{words.none}</p>
  ) : (
    <ul className="plain-list">
      {help.toReversed().map((use) => (
        <li key={`${use.at} ${use.kind}`}>
          <Use use={use} />
        </li>
      ))}
    </ul>
  );
