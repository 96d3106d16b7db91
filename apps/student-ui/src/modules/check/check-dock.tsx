import "./check-dock.css";
import type { StepSummary, WorkspaceView } from "@atelier/contract";
import { Button, Icon } from "@atelier/ui";
import { type ReactNode, useEffect, useState } from "react";
import { isDone, neighbours } from "../../state/select.ts";
import { useNow, useSession, useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import type { Action } from "../palette/actions.ts";
import { useOffers } from "../palette/offers.ts";
import { CheckResult } from "./check-result.tsx";

const words = strings.check;
const { palette } = strings;
const group = palette.groups.step;

export interface CheckDockProps {
  readonly workspace: WorkspaceView;
  readonly step: StepSummary;
  readonly onTransition: (kind: "next", step: string) => void;
}

const CheckButton = ({ step, isStudent }: { readonly step: StepSummary; readonly isStudent: boolean }): ReactNode => {
  const session = useSession();
  const { checks } = useStudent();
  const check = checks[step.id];
  const runningSince = check?.runningSince;
  const now = useNow(runningSince !== undefined);
  const done = isDone(step.state);
  const complete = (): Promise<void> => session.complete(step.id);
  const start = (): Promise<void> => session.check(step.id);
  const offers: readonly Action[] = step.hasCheck
    ? [{ id: "check", title: words.button, group, run: start }]
    : done
      ? []
      : [{ id: "complete", title: words.selfComplete, group, run: complete }];
  useOffers(isStudent && runningSince === undefined ? offers : []);
  if (!step.hasCheck)
    return (
      <Button look={done ? "plain" : "primary"} icon="check" isDisabled={done} onPress={complete}>
        {words.selfComplete}
      </Button>
    );
  const seconds = runningSince === undefined ? 0 : Math.floor((now - runningSince) / 1000);
  return (
    <Button
      look={done ? "plain" : "primary"}
      icon={runningSince === undefined ? "check" : "refresh"}
      isPending={runningSince !== undefined}
      onPress={start}
    >
      {runningSince !== undefined
        ? seconds < 2
          ? words.running
          : words.runningFor(seconds)
        : check?.last === undefined
          ? words.button
          : words.again}
    </Button>
  );
};

const NextButton = ({ workspace, step, onTransition }: CheckDockProps): ReactNode => {
  const session = useSession();
  const { next, nextLocked } = neighbours(workspace, { page: "step", step: step.id });
  const done = isDone(step.state);
  const go = (): void => {
    if (next === undefined) return;
    // With a manager the workspace itself moves on; without one, only the text does.
    if (next.page === "step" && workspace.transitions && done && workspace.currentStep === step.id)
      onTransition("next", step.id);
    else session.show(next);
  };
  useOffers(
    next === undefined || nextLocked !== undefined ? [] : [{ id: "next", title: palette.next, group, run: go }],
  );
  if (next === undefined) return null;
  return (
    <Button look={done ? "primary" : "quiet"} iconAfter="forward" isDisabled={nextLocked !== undefined} onPress={go}>
      {next.page === "finish" ? strings.steps.toFinish : strings.steps.next}
    </Button>
  );
};

/** The bar below a step: back, check, on; above it what the last check found. */
export const CheckDock = (props: CheckDockProps): ReactNode => {
  const { workspace, step } = props;
  const session = useSession();
  const { checks } = useStudent();
  // A result that nobody asked for stays folded until somebody wants to read it.
  const [open, setOpen] = useState(false);
  const check = checks[step.id];
  const asked = check?.last !== undefined && check.last.trigger !== "auto" ? check.last.at : undefined;
  useEffect(() => {
    if (asked !== undefined) setOpen(true);
  }, [asked]);
  const { previous } = neighbours(workspace, { page: "step", step: step.id });
  const back = (): void => {
    if (previous !== undefined) session.show(previous);
  };
  const toggle = (): void => setOpen(!open);
  useOffers([
    ...(previous === undefined ? [] : [{ id: "previous", title: palette.previous, group, run: back }]),
    ...(check?.last === undefined
      ? []
      : [{ id: "results", title: open ? words.showLess : words.showMore, group, inText: true, run: toggle }]),
  ]);
  const announcement =
    check?.runningSince !== undefined ? words.running : check?.last === undefined ? "" : announce(check.last);
  return (
    <section className="dock" aria-label={words.button}>
      {check?.problem !== undefined && (
        <p className="dock__problem" role="alert">
          <Icon name="warning" />
          <span>
            <strong>{words.couldNotStart}.</strong> {check.problem.message} {check.problem.hint}
          </span>
        </p>
      )}
      {check?.last !== undefined && (
        <CheckResult check={check.last} stale={check.runningSince !== undefined} open={open} onToggle={toggle} />
      )}
      {!step.hasCheck && <p className="dock__note">{isDone(step.state) ? words.completed : words.noCheck}</p>}
      {step.checksItself === true && !isDone(step.state) && check?.last === undefined && (
        <p className="dock__note">{words.checksItself}</p>
      )}
      {step.hasCheck && step.state === "solved" && check?.last === undefined && (
        <p className="dock__note">{words.solved}</p>
      )}
      <div className="dock__bar">
        {previous !== undefined && (
          <Button look="quiet" icon="back" aria-label={strings.steps.previous} onPress={back} />
        )}
        <span className="dock__space" />
        <CheckButton step={step} isStudent={workspace.role === "student"} />
        <NextButton {...props} />
      </div>
      <p className="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </p>
    </section>
  );
};

/** What is read aloud. A check that ran by itself speaks only of success: nobody asked for bad news. */
const announce = ({
  outcome,
  assertions,
  cause,
  trigger,
}: NonNullable<ReturnType<typeof useStudent>["checks"][string]["last"]>): string => {
  if (outcome === "passed") return words.announcePassed;
  if (trigger === "auto") return "";
  if (outcome === "error" || outcome === "timeout") return `${words[outcome]}. ${cause ?? ""}`;
  const failed = assertions.filter(({ status }) => status === "failed" || status === "error");
  return `${words.announceFailed(failed.length, assertions.length)} ${failed.map(({ title, message }) => `${title}. ${message ?? ""}`).join(" ")}`;
};
