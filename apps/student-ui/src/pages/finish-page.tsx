import { filesApi, type WorkspaceView } from "@atelier/contract";
import { Button, Icon } from "@atelier/ui";
import type { ReactNode } from "react";
import { linkKind } from "../content/link-kind.ts";
import { LoadedProse } from "../modules/content/loaded-prose.tsx";
import { doneCount, isDone } from "../state/select.ts";
import { useSession, useStudent } from "../state/use-student.ts";
import { viewHash } from "../state/view.ts";
import { strings } from "../strings/en.ts";
import { PageScroller } from "./page-scroller.tsx";
import { StepOverview } from "./step-overview.tsx";

const words = strings.finish;

/** The last page: what was achieved, or what is still open. */
export const FinishPage = ({ workspace }: { readonly workspace: WorkspaceView }): ReactNode => {
  const session = useSession();
  const { pages } = useStudent();
  const { workshop, steps } = workspace;
  const open = steps.length - doneCount(workspace);
  const back = steps.find((step) => !isDone(step.state) && step.state !== "locked") ?? steps.at(-1);
  const feedback =
    workshop.feedbackUrl !== undefined && linkKind(workshop.feedbackUrl, document.baseURI) === "outside"
      ? workshop.feedbackUrl
      : undefined;
  return (
    <div className="step-page">
      <PageScroller label={strings.steps.finish}>
        <header className="page__head page__head--finish" data-done={open === 0 || undefined}>
          <span className="page__seal">
            <Icon name={open === 0 ? "check" : "flag"} size={26} />
          </span>
          <h1>{open === 0 ? words.doneHeading : words.openHeading}</h1>
          <p className="page__lead">{open === 0 ? words.done(workshop.title) : words.open(open)}</p>
        </header>
        {open === 0 && workshop.hasFinish && (
          <LoadedProse
            text={pages.finish}
            title={words.doneHeading}
            lang={workshop.language}
            onRetry={() => session.reload({ page: "finish" })}
          />
        )}
        <h2 className="page__section">{words.achieved}</h2>
        <StepOverview steps={steps} language={workshop.language} />
        {workspace.role === "student" && (
          <p>
            <a className="button" href={filesApi.workArchive} download>
              <Icon name="download" />
              {strings.work.download}
            </a>
          </p>
        )}
        <p>
          <a className="link" href={viewHash({ page: "print" })}>
            {strings.print.link}
          </a>
        </p>
        {feedback !== undefined && (
          <p>
            <a className="link" href={feedback} target="_blank" rel="noopener noreferrer">
              {words.feedback} <span className="visually-hidden">{strings.content.opensElsewhere}</span>
            </a>
          </p>
        )}
      </PageScroller>
      <div className="dock">
        <div className="dock__bar">
          {back !== undefined && (
            <Button
              look={open === 0 ? "quiet" : "primary"}
              icon="back"
              onPress={() => session.show({ page: "step", step: back.id })}
            >
              {words.back}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
};
