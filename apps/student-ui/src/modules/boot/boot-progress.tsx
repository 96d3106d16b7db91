import "./boot-progress.css";
import type { BootView } from "@atelier/contract";
import { Button, Icon } from "@atelier/ui";
import type { ReactNode } from "react";
import { useNow } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { bootRows } from "./boot-rows.ts";

const words = strings.boot;

export interface BootProgressProps {
  readonly boot: BootView;
  /** Local time at which `boot` was heard; its own clock is the server's. */
  readonly at: number;
  /** Level of its heading on the page. */
  readonly level: 1 | 2;
  readonly textIsThere?: boolean;
}

const Failure = ({ boot }: { readonly boot: BootView }): ReactNode => (
  <>
    {boot.cause !== undefined && (
      <div className="boot__cause">
        <Icon name="warning" />
        <p>
          <strong>{words.cause}: </strong>
          {boot.cause}
        </p>
      </div>
    )}
    {boot.output !== undefined && boot.output.trim() !== "" && (
      <details className="boot__output" open>
        <summary>{words.output}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre tabIndex={0}>{boot.output}</pre>
      </details>
    )}
    <p className="boot__note">{words.failedHint}</p>
    <Button icon="refresh" onPress={() => location.reload()}>
      {words.tryAgain}
    </Button>
  </>
);

/** How far the workspace has come: phases with their state, elapsed time, deadline; the cause when it failed. */
export const BootProgress = ({ boot, at, level, textIsThere = false }: BootProgressProps): ReactNode => {
  const failed = boot.phase === "failed";
  const now = useNow(!failed);
  const elapsedMs = boot.elapsedMs + (failed ? 0 : Math.max(0, now - at));
  const Heading = level === 1 ? "h1" : "h2";
  const heading = failed ? words.failedHeading : boot.phase === "standby" ? words.standbyHeading : words.heading;
  return (
    <div className="boot" data-failed={failed || undefined}>
      <Heading className="boot__heading">{heading}</Heading>
      {!failed && (
        <>
          <p className="boot__time">
            <span>{words.elapsed(Math.floor(elapsedMs / 1000))}</span>
            {boot.deadlineMs !== undefined && <span> · {words.deadline(Math.round(boot.deadlineMs / 1000))}</span>}
          </p>
          <ol className="boot__phases">
            {bootRows(boot).map(({ phase, state }) => (
              <li key={phase} data-state={state} aria-current={state === "current" ? "step" : undefined}>
                <span className="boot__mark">
                  {state === "done" ? (
                    <Icon name="check" size={12} />
                  ) : state === "current" ? (
                    <span className="spinner" />
                  ) : null}
                </span>
                <span className="boot__phase">
                  {words.phase[phase]}
                  <span className="visually-hidden"> ({words[state]})</span>
                  {state === "current" && boot.progress !== undefined && (
                    <span className="boot__detail">
                      {words.progress(Math.min(boot.progress.done + 1, boot.progress.of), boot.progress.of)} ·{" "}
                      <code>{boot.progress.label}</code>
                    </span>
                  )}
                </span>
              </li>
            ))}
          </ol>
          {textIsThere && <p className="boot__note">{words.meanwhile}</p>}
        </>
      )}
      {failed && <Failure boot={boot} />}
      <p className="visually-hidden" role="status">
        {failed ? words.failedHeading : words.phase[boot.phase]}
      </p>
    </div>
  );
};
