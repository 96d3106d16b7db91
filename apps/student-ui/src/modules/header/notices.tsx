import { Button, Icon } from "@atelier/ui";
import type { ReactNode } from "react";
import { useSession, useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";

/** What the manager has to say, and the last thing that did not work. */
export const Notices = (): ReactNode => {
  const session = useSession();
  const { workspace, failure } = useStudent();
  const notices = workspace?.notices ?? [];
  const mistakes = workspace?.diagnostics ?? [];
  if (notices.length + mistakes.length === 0 && failure === undefined) return <div role="alert" />;
  return (
    <div className="notices" role="alert">
      {notices.map(({ code, cause, remedy }) => (
        <p key={code} className="notice">
          <Icon name="info" />
          <span>
            <strong>{cause}</strong> {remedy}
          </span>
        </p>
      ))}
      {mistakes.map(({ severity, place, message, remedy }) => (
        <p key={`${place} ${message}`} className="notice" {...(severity === "error" ? { "data-tone": "bad" } : {})}>
          <Icon name="warning" />
          <span>
            <code>{place}</code> <strong>{message}</strong> {remedy}
          </span>
        </p>
      ))}
      {failure !== undefined && (
        <div className="notice" data-tone="bad">
          <Icon name="warning" />
          <span>
            <strong>{failure.title}.</strong> {failure.problem.message} {failure.problem.hint}
          </span>
          <Button
            look="quiet"
            size="small"
            icon="cross"
            aria-label={strings.notice.dismiss}
            onPress={session.dismissFailure}
          />
        </div>
      )}
    </div>
  );
};
