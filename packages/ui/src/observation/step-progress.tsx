import "./observation.css";
import { type Observation, type StepState, type StepSummary, timeByStep } from "@atelier/contract";
import type { ReactNode } from "react";
import { Icon, type IconName } from "../icons/icons.tsx";
import { strings } from "./strings/en.ts";

const words = strings.steps;
const icons: Readonly<Record<StepState, IconName>> = {
  locked: "lock",
  open: "dot",
  current: "play",
  passed: "check",
  completed: "check",
  solved: "flag",
};
const isDone = (state: StepState): boolean => state === "passed" || state === "completed" || state === "solved";

export interface StepProgressProps {
  readonly steps: readonly StepSummary[];
  readonly observation: Observation;
  /** On the server's clock. */
  readonly now: number;
}

/** How far the student has come, and what each step took. */
export const StepProgress = ({ steps, observation, now }: StepProgressProps): ReactNode => {
  const times = timeByStep(observation.visits, now);
  const done = steps.filter(({ state }) => isDone(state)).length;
  return (
    <section className="panel" aria-label={words.title}>
      <h2 className="panel__title">
        {words.title} <span className="panel__note">{words.progress(done, steps.length)}</span>
      </h2>
      <div className="step-progress__bar" role="img" aria-label={words.progress(done, steps.length)}>
        <span style={{ inlineSize: `${steps.length === 0 ? 0 : (100 * done) / steps.length}%` }} />
      </div>
      <ol className="step-progress">
        {steps.map(({ id, title, state, durationSeconds }) => {
          const isCurrent = id === observation.currentStep;
          const spent = times.get(id);
          const failed = observation.checks.filter((check) => check.step === id && check.outcome === "failed").length;
          return (
            <li
              key={id}
              className="step-progress__step"
              data-state={state}
              aria-current={isCurrent ? "step" : undefined}
            >
              <span className="step-progress__mark">
                <Icon name={icons[state]} size={14} />
              </span>
              <div>
                <p className="step-progress__title">
                  {title}
                  {isCurrent && <span className="chip">{words.current}</span>}
                </p>
                <p className="step-progress__facts">
                  {[
                    words.states[state],
                    ...(spent === undefined ? [] : [words.time(spent)]),
                    ...(durationSeconds === undefined ? [] : [words.planned(durationSeconds * 1000)]),
                    ...(failed === 0 ? [] : [words.failedChecks(failed)]),
                  ].join(" · ")}
                </p>
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
};
