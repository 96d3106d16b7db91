import type { ReactNode } from "react";
import { summaryOf } from "../../state/select.ts";
import { useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { StepHelp } from "../help/step-help.tsx";

const words = strings.tools;

/** The help of the step on screen, beside the text instead of below it. */
export const HelpTool = (): ReactNode => {
  const { workspace, view, steps } = useStudent();
  if (workspace === undefined) return null;
  const id = view?.page === "step" ? view.step : workspace.currentStep;
  const step = id === undefined ? undefined : summaryOf(workspace, id);
  const loaded = id === undefined ? undefined : steps[id];
  const levels = loaded?.state === "ready" ? loaded.value.help : [];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="tool-page" tabIndex={0} role="region" aria-label={words.help}>
      {step === undefined || (levels.length === 0 && workspace.llm === undefined) ? (
        <p className="tool-page__empty">{step === undefined ? words.helpNoStep : words.helpNone}</p>
      ) : (
        <>
          <p className="tool-page__lead">
            {words.helpFor} <strong lang={workspace.workshop.language}>{step.title}</strong>
          </p>
          <StepHelp step={step.id} levels={levels} language={workspace.workshop.language} />
        </>
      )}
    </div>
  );
};
