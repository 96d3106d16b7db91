import "./step-list.css";
import type { StepSummary, WorkspaceView } from "@atelier/contract";
import { Icon, type IconName } from "@atelier/ui";
import type { ReactNode } from "react";
import type { Drawer } from "../../pages/use-drawer.ts";
import { isDone } from "../../state/select.ts";
import { useSession, useStudent } from "../../state/use-student.ts";
import type { View } from "../../state/view.ts";
import { strings } from "../../strings/en.ts";
import { SavedStatesButton } from "../saved/saved-states-button.tsx";
import { UndoButton } from "../saved/undo-button.tsx";

const words = strings.steps;

interface RowProps {
  readonly view: View;
  readonly shown: View | undefined;
  readonly title: string;
  readonly mark: ReactNode;
  readonly detail?: string;
  readonly state?: string;
  readonly locked?: boolean;
  readonly onShow: (view: View) => void;
}

const sameView = (a: View, b: View | undefined): boolean =>
  a.page === b?.page && (a.page !== "step" || (b.page === "step" && a.step === b.step));

const Row = ({ view, shown, title, mark, detail, state, locked = false, onShow }: RowProps): ReactNode => (
  <li>
    <button
      type="button"
      className="step-row"
      data-state={state}
      // A locked row stays in the tab order, so that its reason can be found by everyone.
      aria-disabled={locked || undefined}
      aria-current={sameView(view, shown) ? "page" : undefined}
      onClick={() => locked || onShow(view)}
    >
      <span className="step-row__mark">{mark}</span>
      <span className="step-row__text">
        <span className="step-row__title">{title}</span>
        {detail !== undefined && <span className="step-row__detail">{detail}</span>}
      </span>
    </button>
  </li>
);

const markOf = (step: StepSummary): ReactNode => {
  const icon: IconName | undefined =
    step.state === "locked" ? "lock" : step.state === "solved" ? "key" : isDone(step.state) ? "check" : undefined;
  return icon === undefined ? step.number : <Icon name={icon} size={12} />;
};

const detailOf = (step: StepSummary): string => {
  if (step.state === "locked") return words.locked(step.lockedReason);
  const state = words.state[step.state];
  return step.durationSeconds === undefined || isDone(step.state)
    ? state
    : `${state} · ${words.duration(strings.duration(step.durationSeconds))}`;
};

const groupsOf = ({ steps }: WorkspaceView): { readonly name: string | undefined; readonly steps: StepSummary[] }[] => {
  const groups: { name: string | undefined; steps: StepSummary[] }[] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last !== undefined && last.name === step.group) last.steps.push(step);
    else groups.push({ name: step.group, steps: [step] });
  }
  return groups;
};

/** All pages of the workshop with their state; locked ones say what opens them. */
export const StepList = ({ drawer }: { readonly drawer: Drawer }): ReactNode => {
  const session = useSession();
  const { workspace, view } = useStudent();
  if (workspace === undefined) return null;
  const show = (next: View): void => {
    session.show(next);
    drawer.chosen();
  };
  const row = { shown: view, onShow: show };
  return (
    <>
      {drawer.floating && drawer.open && <div className="steps__veil" onClick={drawer.chosen} aria-hidden="true" />}
      <nav
        id="steps"
        className="steps"
        aria-label={words.heading}
        hidden={!drawer.open}
        data-floating={drawer.floating || undefined}
      >
        <ol className="steps__list">
          <Row
            {...row}
            view={{ page: "intro" }}
            title={words.intro}
            mark={<Icon name="compass" size={14} />}
            state="page"
          />
          {groupsOf(workspace).map((group) => (
            <li key={group.steps[0]?.id} className="steps__group">
              {group.name !== undefined && <h3 lang={workspace.workshop.language}>{group.name}</h3>}
              <ol className="steps__list" lang={workspace.workshop.language}>
                {group.steps.map((step) => (
                  <Row
                    key={step.id}
                    {...row}
                    view={{ page: "step", step: step.id }}
                    title={step.title}
                    mark={markOf(step)}
                    detail={detailOf(step)}
                    state={step.id === workspace.currentStep && !isDone(step.state) ? "current" : step.state}
                    locked={step.state === "locked"}
                  />
                ))}
              </ol>
            </li>
          ))}
          <Row
            {...row}
            view={{ page: "finish" }}
            title={words.finish}
            mark={<Icon name="flag" size={14} />}
            state="page"
          />
        </ol>
        <p className="steps__saved">
          <SavedStatesButton />
          <UndoButton />
        </p>
      </nav>
    </>
  );
};
