import type { StepSummary, WorkspaceView } from "@atelier/contract";
import { Button, Icon } from "@atelier/ui";
import type { ReactNode } from "react";
import { CheckDock } from "../modules/check/check-dock.tsx";
import { VariablesForm } from "../modules/content/variables-form.tsx";
import { LoadedProse } from "../modules/content/loaded-prose.tsx";
import { StepHelp } from "../modules/help/step-help.tsx";
import { useOffers } from "../modules/palette/offers.ts";
import { useTransitionRequest } from "../modules/requests/use-transition.tsx";
import { isDone, summaryOf } from "../state/select.ts";
import { useSession, useStudent } from "../state/use-student.ts";
import { strings } from "../strings/en.ts";
import { PageScroller } from "./page-scroller.tsx";

const words = strings.steps;
const stepGroup = strings.palette.groups.step;

export interface StepPageProps {
  readonly workspace: WorkspaceView;
  readonly step: StepSummary;
}

const Elsewhere = ({ workspace, step, onMove }: StepPageProps & { readonly onMove: () => void }): ReactNode => {
  const current = workspace.currentStep === undefined ? undefined : summaryOf(workspace, workspace.currentStep);
  const isElsewhere = workspace.transitions && current !== undefined && current.id !== step.id;
  useOffers(isElsewhere ? [{ id: "move", title: words.workHere, group: stepGroup, run: onMove }] : []);
  if (!isElsewhere) return null;
  return (
    <div className="elsewhere">
      <Icon name="info" />
      <p>{words.backToWork(current.title)}</p>
      <Button size="small" onPress={onMove}>
        {words.workHere}
      </Button>
    </div>
  );
};

/** One step: its text, its help, and below them the check. */
export const StepPage = ({ workspace, step }: StepPageProps): ReactNode => {
  const session = useSession();
  const state = useStudent();
  const transition = useTransitionRequest();
  const loaded = state.steps[step.id];
  const { language } = workspace.workshop;
  const help = loaded?.state === "ready" ? loaded.value.help : [];
  const working = workspace.transitions && workspace.currentStep === step.id;
  const reset = (): void => transition.ask("reset", step.id);
  const solve = (): void => transition.ask("solve", step.id);
  useOffers(
    working
      ? [
          { id: "reset", title: words.reset, group: stepGroup, run: reset },
          { id: "solve", title: words.solve, group: stepGroup, run: solve },
        ]
      : [],
  );

  return (
    <div className="step-page">
      <PageScroller label={step.title}>
        <header className="page__head">
          <p className="page__eyebrow">
            <span>{words.position(step.number, workspace.steps.length)}</span>
            {step.durationSeconds !== undefined && (
              <span>{words.duration(strings.duration(step.durationSeconds))}</span>
            )}
            {isDone(step.state) && (
              <span className="chip" data-tone="good">
                <Icon name={step.state === "solved" ? "key" : "check"} size={12} />
                {words.state[step.state]}
              </span>
            )}
          </p>
          <h1 lang={language}>{step.title}</h1>
        </header>
        <Elsewhere workspace={workspace} step={step} onMove={() => transition.ask("goto", step.id)} />
        {workspace.role === "student" && workspace.variables?.some(({ isAnswered }) => !isAnswered) && (
          <VariablesForm
            variables={workspace.variables}
            language={language}
            onSaved={() => session.reload({ page: "step", step: step.id })}
          />
        )}
        <LoadedProse
          text={loaded}
          title={step.title}
          lang={language}
          place={{ step: step.id, page: "content" }}
          onRetry={() => session.reload({ page: "step", step: step.id })}
        />
        <StepHelp step={step.id} levels={help} language={language} offered />
        {working && (
          <div className="page__more">
            <Button look="quiet" size="small" icon="undo" onPress={reset}>
              {words.reset}
            </Button>
            <Button look="quiet" size="small" icon="key" onPress={solve}>
              {words.solve}
            </Button>
          </div>
        )}
      </PageScroller>
      <CheckDock workspace={workspace} step={step} onTransition={transition.ask} />
      {transition.dialog}
    </div>
  );
};
