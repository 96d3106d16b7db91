import type { Ref, ReactNode } from "react";
import { useEffect } from "react";
import { summaryOf } from "../state/select.ts";
import { useStudent } from "../state/use-student.ts";
import { strings } from "../strings/en.ts";
import { FinishPage } from "./finish-page.tsx";
import { IntroPage } from "./intro-page.tsx";
import { PrintPage } from "./print-page.tsx";
import { StepPage } from "./step-page.tsx";

/** The page of the workshop that is shown, in the left pane. */
export const TextPane = ({ paneRef }: { readonly paneRef: Ref<HTMLElement> }): ReactNode => {
  const { workspace, view } = useStudent();
  const title = workspace === undefined || view === undefined ? undefined : titleOf(view, workspace);
  useEffect(() => {
    if (title !== undefined && workspace !== undefined)
      document.title = strings.documentTitle(workspace.workshop.title, title);
  }, [title, workspace]);
  if (workspace === undefined || view === undefined) return null;
  const step = view.page === "step" ? summaryOf(workspace, view.step) : undefined;
  return (
    <main className="text-pane" ref={paneRef} tabIndex={-1}>
      {view.page === "intro" && <IntroPage workspace={workspace} />}
      {view.page === "finish" && <FinishPage workspace={workspace} />}
      {view.page === "print" && <PrintPage workspace={workspace} />}
      {step !== undefined && <StepPage key={step.id} workspace={workspace} step={step} />}
    </main>
  );
};

const titleOf = (
  view: NonNullable<ReturnType<typeof useStudent>["view"]>,
  workspace: NonNullable<ReturnType<typeof useStudent>["workspace"]>,
): string => {
  if (view.page === "step") return summaryOf(workspace, view.step)?.title ?? "";
  if (view.page === "print") return strings.print.heading;
  return view.page === "intro" ? strings.steps.intro : strings.steps.finish;
};
