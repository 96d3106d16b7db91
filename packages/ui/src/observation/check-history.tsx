import "./observation.css";
import type { CheckRecord, StepSummary } from "@atelier/contract";
import type { ReactNode } from "react";
import { Icon } from "../icons/icons.tsx";
import { ResultList } from "../results/result-list.tsx";
import { clock, strings } from "./strings/en.ts";

const words = strings.checks;

export interface CheckHistoryProps {
  readonly checks: readonly CheckRecord[];
  readonly steps: readonly StepSummary[];
}

/** Every check that was run, newest first; each opens to what it looked at. */
export const CheckHistory = ({ checks, steps }: CheckHistoryProps): ReactNode => {
  if (checks.length === 0) return <p className="panel__empty">{words.none}</p>;
  const titleOf = (id: string): string => steps.find((step) => step.id === id)?.title ?? id;
  return (
    <ul className="checks">
      {checks.toReversed().map((check) => (
        <li key={check.seq}>
          <details className="check-entry" data-outcome={check.outcome}>
            <summary>
              <span className="check-entry__mark">
                <Icon
                  name={check.outcome === "passed" ? "check" : check.outcome === "failed" ? "cross" : "warning"}
                  size={14}
                />
              </span>
              <span className="check-entry__title">
                {titleOf(check.step)}: {words.outcome[check.outcome]}
              </span>
              <span className="check-entry__facts">
                {[
                  clock(check.ts),
                  words.counts(check.passed, check.passed + check.failed),
                  words.trigger[check.trigger],
                  words.took(check.durationMs),
                ].join(" · ")}
              </span>
            </summary>
            {check.cause !== undefined && <p className="check-entry__cause">{check.cause}</p>}
            <ResultList results={check.assertions} strings={words.results} />
          </details>
        </li>
      ))}
    </ul>
  );
};
