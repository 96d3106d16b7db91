import type { QuizView } from "@atelier/contract";
import { Button } from "@atelier/ui";
import type { ReactNode } from "react";
import { Prose } from "../../content/prose.tsx";
import type { Place } from "../../content/content-client.ts";
import type { Loadable } from "../../state/student-state.ts";
import { strings } from "../../strings/en.ts";

const words = strings.content;

export interface LoadedProseProps {
  readonly text: Loadable<{ readonly html: string; readonly quizzes?: readonly QuizView[] | undefined }> | undefined;
  readonly title: string;
  readonly lang: string;
  readonly place?: Place;
  readonly onRetry: () => void;
}

/** A text with what stands in for it while it loads, when it failed, and when there is nothing in it. */
export const LoadedProse = ({ text, title, lang, place, onRetry }: LoadedProseProps): ReactNode => {
  if (text === undefined || text.state === "loading")
    return (
      <div className="prose-loading" role="status" aria-label={words.loading}>
        <span />
        <span />
        <span />
      </div>
    );
  if (text.state === "failed")
    return (
      <div className="prose-failed" role="alert">
        <strong>{words.failed}</strong>
        <p>
          {text.problem.message} {text.problem.hint}
        </p>
        <Button icon="refresh" onPress={onRetry}>
          {words.retry}
        </Button>
      </div>
    );
  return text.value.html.trim() === "" ? (
    <p className="prose-empty">{words.empty}</p>
  ) : (
    <Prose html={text.value.html} title={title} lang={lang} place={place} quizzes={text.value.quizzes} />
  );
};
