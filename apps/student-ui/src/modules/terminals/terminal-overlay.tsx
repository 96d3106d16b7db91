import { Button } from "@atelier/ui";
import type { TerminalStatus } from "@atelier/ui/terminal";
import type { ReactNode } from "react";
import { secondsUntil, useNow } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";

const words = strings.terminal;

export interface TerminalOverlayProps {
  readonly status: TerminalStatus | undefined;
  readonly onRetry: () => void;
  readonly onRestart: () => void;
}

/** What stands over the screen while nobody listens behind it: the old output stays readable above. */
export const TerminalOverlay = ({ status, onRetry, onRestart }: TerminalOverlayProps): ReactNode => {
  const waiting = status?.connection.phase === "waiting" ? status.connection : undefined;
  const now = useNow(waiting !== undefined);
  if (status === undefined) return null;
  const { connection, shell, exitCode, isLastKeyInDoubt } = status;
  if (waiting !== undefined)
    return (
      <div className="terminal-overlay" data-tone="warn">
        <div role="status">
          <strong>{words.waiting(secondsUntil(waiting.retryAt, now))}</strong>
          <p>{isLastKeyInDoubt ? words.waitingHintInDoubt : words.waitingHint}</p>
        </div>
        <Button size="small" icon="refresh" onPress={onRetry}>
          {words.retryNow}
        </Button>
      </div>
    );
  if (connection.phase === "connecting" && connection.attempt > 0)
    return (
      <div className="terminal-overlay" role="status">
        {words.connecting}
      </div>
    );
  if (connection.phase !== "live") return null;
  if (shell === "exited")
    return (
      <div className="terminal-overlay">
        <strong role="status">{words.exited(exitCode)}</strong>
        <Button size="small" look="primary" icon="refresh" onPress={onRestart}>
          {words.restart}
        </Button>
      </div>
    );
  if (shell === "closed")
    return (
      <div className="terminal-overlay" role="status">
        {words.closed}
      </div>
    );
  return shell === "starting" ? (
    <div className="terminal-overlay" role="status">
      {words.starting}
    </div>
  ) : null;
};
