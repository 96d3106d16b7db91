import type { WorkspaceView } from "@atelier/contract";
import { Button } from "@atelier/ui";
import type { ReactNode } from "react";
import { LoadedProse } from "../modules/content/loaded-prose.tsx";
import { useSession, useStudent } from "../state/use-student.ts";
import { strings } from "../strings/en.ts";
import { PageScroller } from "./page-scroller.tsx";

const words = strings.print;

/** Every page of the workshop that may be seen, one below the other: for paper, and for searching. */
export const PrintPage = ({ workspace }: { readonly workspace: WorkspaceView }): ReactNode => {
  const session = useSession();
  const { steps, pages } = useStudent();
  const { workshop } = workspace;
  const open = workspace.steps.filter(({ state }) => state !== "locked");
  const locked = workspace.steps.length - open.length;
  const retry = (): Promise<void> => session.reload({ page: "print" });
  return (
    <div className="step-page">
      <PageScroller label={words.heading}>
        <header className="page__head page__head--intro" lang={workshop.language}>
          <h1>{workshop.title}</h1>
          {workshop.description !== "" && <p className="page__lead">{workshop.description}</p>}
        </header>
        {workshop.hasIntro && (
          <LoadedProse text={pages.intro} title={workshop.title} lang={workshop.language} onRetry={retry} />
        )}
        {open.map((step) => (
          <section key={step.id} className="print__step">
            <h2 className="page__section" lang={workshop.language}>
              {step.number}. {step.title}
            </h2>
            <LoadedProse
              text={steps[step.id]}
              title={step.title}
              lang={workshop.language}
              place={{ step: step.id, page: "content" }}
              onRetry={retry}
            />
          </section>
        ))}
        {locked > 0 && <p className="page__lead">{words.locked(locked)}</p>}
      </PageScroller>
      <div className="dock">
        <div className="dock__bar">
          <span className="dock__space" />
          <Button look="primary" onPress={() => window.print()}>
            {words.button}
          </Button>
        </div>
      </div>
    </div>
  );
};
