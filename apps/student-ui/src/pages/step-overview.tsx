import type { StepSummary } from "@atelier/contract";
import { Icon } from "@atelier/ui";
import type { ReactNode } from "react";
import { isDone } from "../state/select.ts";
import { strings } from "../strings/en.ts";

/** The steps as a table of contents, with what became of each. */
export const StepOverview = ({
  steps,
  language,
}: {
  readonly steps: readonly StepSummary[];
  readonly language: string;
}): ReactNode => (
  <ol className="overview">
    {steps.map((step) => (
      <li key={step.id} data-done={isDone(step.state) || undefined}>
        <span className="overview__mark">
          {isDone(step.state) ? <Icon name={step.state === "solved" ? "key" : "check"} size={12} /> : step.number}
        </span>
        <span lang={language}>{step.title}</span>
        <span className="overview__aside">
          {isDone(step.state)
            ? strings.steps.state[step.state]
            : step.durationSeconds === undefined
              ? ""
              : strings.duration(step.durationSeconds)}
        </span>
      </li>
    ))}
  </ol>
);
