import "./lone-page.css";
import { Button, Icon } from "@atelier/ui";
import type { ReactNode } from "react";
import { secondsUntil, useNow, useSession, useStudent } from "../state/use-student.ts";
import { strings } from "../strings/en.ts";

const words = strings.access;

/** Shown when there is no workspace to show: no right to it, or nobody who answers. */
export const AccessPage = ({ stage }: { readonly stage: "refused" | "unreachable" }): ReactNode => {
  const session = useSession();
  const { connection } = useStudent();
  const now = useNow(connection.phase === "waiting");
  const refused = stage === "refused";
  return (
    <main className="lone-page" lang={strings.language}>
      <div className="lone-page__card">
        <span className="lone-page__mark" data-tone={refused ? "warn" : "bad"}>
          <Icon name={refused ? "key" : "warning"} size={22} />
        </span>
        <h1>{refused ? words.refusedTitle : words.unreachableTitle}</h1>
        <p>{refused ? words.refusedText : words.unreachableText}</p>
        <pre className="lone-page__command">
          <code>{refused ? words.refusedCommand : words.unreachableCommand}</code>
        </pre>
        <div className="lone-page__actions">
          <Button look="primary" icon="refresh" onPress={() => (refused ? location.reload() : session.reconnect())}>
            {words.retry}
          </Button>
          {!refused && (
            <span className="lone-page__aside" role="status">
              {connection.phase === "waiting"
                ? words.reconnecting(secondsUntil(connection.retryAt, now))
                : words.reconnectingNow}
            </span>
          )}
        </div>
      </div>
    </main>
  );
};
