import "./step-help.css";
import { Button, type IconName } from "@atelier/ui";
import { type ReactNode, useState } from "react";
import type { HelpLevel } from "../../api/student-client.ts";
import { useSession, useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { LoadedProse } from "../content/loaded-prose.tsx";
import { Confirm } from "../overlays/overlays.tsx";
import { useOffers } from "../palette/offers.ts";
import { AskPanel } from "./ask-panel.tsx";

const words = strings.help;
const order: readonly HelpLevel[] = ["hints", "explain", "solve"];
const icons: Record<HelpLevel, IconName> = { hints: "bulb", explain: "compass", solve: "key" };

export interface StepHelpProps {
  readonly step: string;
  readonly levels: readonly HelpLevel[];
  readonly language: string;
  /** Whether the palette has its buttons, too: of one of the two places where it is shown. */
  readonly offered?: boolean;
}

/** Help in levels, each opened only when asked for; the solution asks once more. */
export const StepHelp = ({ step, levels, language, offered = false }: StepHelpProps): ReactNode => {
  const session = useSession();
  const state = useStudent();
  const opened = state.help[step] ?? {};
  const llm = state.workspace?.llm;
  const [asking, setAsking] = useState(false);
  const known = order.filter((level) => levels.includes(level));
  const closed = known.filter((level) => opened[level] === undefined);
  const open = (level: HelpLevel): void => {
    if (level === "solve") setAsking(true);
    else session.openHelp(step, level);
  };
  useOffers(
    offered
      ? closed.map((level) => ({
          id: `help-${level}`,
          title: words.level[level],
          group: strings.palette.groups.help,
          inText: true,
          run: () => open(level),
        }))
      : [],
  );
  if (levels.length === 0 && llm === undefined) return null;
  return (
    <section className="help" aria-labelledby={`help-${step}`}>
      <h2 id={`help-${step}`}>{words.heading}</h2>
      {known.map((level) => {
        const text = opened[level];
        return text === undefined ? null : (
          <section key={level} className="help__text" aria-label={words.opened[level]}>
            <h3>{words.opened[level]}</h3>
            <LoadedProse
              text={text}
              title={words.opened[level]}
              lang={language}
              place={{ step, page: level }}
              onRetry={() => session.openHelp(step, level)}
            />
          </section>
        );
      })}
      <div className="help__levels">
        {closed.map((level) => (
          <Button key={level} size="small" icon={icons[level]} onPress={() => open(level)}>
            {words.level[level]}
          </Button>
        ))}
      </div>
      {llm !== undefined && <AskPanel key={step} step={step} model={llm.model} language={language} offered={offered} />}
      <p className="help__note">{words.note}</p>
      <Confirm
        isOpen={asking}
        title={words.confirmSolve}
        text={words.confirmSolveText}
        button={words.confirmSolveButton}
        onAnswer={(yes) => {
          setAsking(false);
          if (yes) session.openHelp(step, "solve");
        }}
      />
    </section>
  );
};
