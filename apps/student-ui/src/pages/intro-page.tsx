import type { WorkspaceView } from "@atelier/contract";
import { Button } from "@atelier/ui";
import type { ReactNode } from "react";
import { VariablesForm } from "../modules/content/variables-form.tsx";
import { LoadedProse } from "../modules/content/loaded-prose.tsx";
import { recordingKind } from "../modules/header/recording-kind.ts";
import { summaryOf } from "../state/select.ts";
import { useSession, useStudent } from "../state/use-student.ts";
import { strings } from "../strings/en.ts";
import { PageScroller } from "./page-scroller.tsx";
import { StepOverview } from "./step-overview.tsx";

const words = strings.intro;

const Facts = ({ workshop }: { readonly workshop: WorkspaceView["workshop"] }): ReactNode => {
  const facts: readonly (readonly [string, string | undefined])[] = [
    [words.duration, workshop.durationSeconds === undefined ? undefined : strings.duration(workshop.durationSeconds)],
    [
      words.difficulty,
      workshop.difficulty === undefined ? undefined : (words.levels[workshop.difficulty] ?? workshop.difficulty),
    ],
    [words.navigation, words.navigations[workshop.navigation]],
    [words.authors, workshop.authors.length === 0 ? undefined : workshop.authors.join(", ")],
  ];
  return (
    <dl className="facts" aria-label={words.facts}>
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
};

/** The first page: what this workshop is, what will be done, and what is recorded, before the first prompt. */
export const IntroPage = ({ workspace }: { readonly workspace: WorkspaceView }): ReactNode => {
  const session = useSession();
  const { pages } = useStudent();
  const { workshop, steps } = workspace;
  const current = workspace.currentStep === undefined ? undefined : summaryOf(workspace, workspace.currentStep);
  const first = current ?? steps[0];
  const recording = words.recording[recordingKind(workspace.recording)];
  return (
    <div className="step-page">
      <PageScroller label={workshop.title}>
        <header className="page__head page__head--intro" lang={workshop.language}>
          <h1>{workshop.title}</h1>
          {workshop.description !== "" && <p className="page__lead">{workshop.description}</p>}
        </header>
        <Facts workshop={workshop} />
        {workshop.hasIntro && (
          <LoadedProse
            text={pages.intro}
            title={workshop.title}
            lang={workshop.language}
            onRetry={() => session.reload({ page: "intro" })}
          />
        )}
        {workspace.variables !== undefined && workspace.role === "student" && (
          <VariablesForm
            variables={workspace.variables}
            language={workshop.language}
            onSaved={() => session.reload({ page: "intro" })}
          />
        )}
        <aside className="page__box">
          <h2>{words.recordingHeading}</h2>
          <p>{recording}</p>
          {workshop.privileged && <p>{strings.header.privileged}</p>}
        </aside>
        <h2 className="page__section">{words.steps}</h2>
        <StepOverview steps={steps} language={workshop.language} />
      </PageScroller>
      {first !== undefined && (
        <div className="dock">
          <div className="dock__bar">
            <span className="dock__space" />
            <Button look="primary" iconAfter="forward" onPress={() => session.show({ page: "step", step: first.id })}>
              {current === undefined ? words.start : words.goOn(current.title)}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
};
