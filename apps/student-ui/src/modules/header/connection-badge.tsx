import { Button } from "@atelier/ui";
import type { ReactNode } from "react";
import { secondsUntil, useNow, useSession, useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { useOffers } from "../palette/offers.ts";

const words = strings.header;

/** Whether what is shown is current: quiet while it is, plain words and a way out while it is not. */
export const ConnectionBadge = (): ReactNode => {
  const session = useSession();
  const { connection } = useStudent();
  const now = useNow(connection.phase === "waiting");
  const isWaiting = connection.phase === "waiting";
  useOffers(
    isWaiting
      ? [
          {
            id: "reconnect",
            title: words.reconnectNow,
            group: strings.palette.groups.notices,
            run: session.reconnect,
          },
        ]
      : [],
  );
  const text =
    connection.phase === "waiting"
      ? words.connection.waiting(secondsUntil(connection.retryAt, now))
      : words.connection[connection.phase];
  return (
    <div
      className="badge"
      data-tone={connection.phase === "live" ? "good" : connection.phase === "connecting" ? "plain" : "warn"}
    >
      <span className="badge__dot" />
      <span className="badge__text">{text}</span>
      {/* Seconds would be read aloud one by one, so only the change of state is announced. */}
      <span className="visually-hidden" role="status">
        {connection.phase === "waiting" ? strings.access.unreachableTitle : ""}
      </span>
      {isWaiting && (
        <Button look="quiet" size="small" onPress={session.reconnect}>
          {words.reconnectNow}
        </Button>
      )}
    </div>
  );
};
