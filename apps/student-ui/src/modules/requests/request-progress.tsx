import "./request-progress.css";
import { Button, Icon } from "@atelier/ui";
import type { ReactNode } from "react";
import { useSession, useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";

const words = strings.request;

/** What became of the last thing asked of the manager: under way, or why it was not done. */
export const RequestProgress = (): ReactNode => {
  const session = useSession();
  const { request } = useStudent();
  if (request === undefined) return null;
  const { kind, step, checkpoint, state, cause, mayInsist } = request;
  const repeat = (): void => {
    session.request(kind, {
      ...(step === undefined ? {} : { step }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
      confirmed: true,
    });
  };
  return (
    <div className="request-progress" data-state={state} role={state === "outstanding" ? "status" : "alert"}>
      {state === "outstanding" ? (
        <>
          <span className="spinner" />
          <p>{words.outstanding[kind]}</p>
        </>
      ) : (
        <>
          <Icon name="warning" />
          <p>
            <strong>{words.state[state]}.</strong> {cause}
          </p>
          {mayInsist === true && (
            <Button size="small" onPress={repeat}>
              {words.goOnAnyway}
            </Button>
          )}
          <Button
            size="small"
            look="quiet"
            icon="cross"
            aria-label={strings.notice.dismiss}
            onPress={session.forgetRequest}
          />
        </>
      )}
    </div>
  );
};
