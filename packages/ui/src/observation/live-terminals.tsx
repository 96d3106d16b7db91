import "./observation.css";
import "../controls/segments.css";
import type { TerminalView } from "@atelier/contract";
import { type ReactNode, useMemo, useState } from "react";
import { missingLog, type TerminalStatus, TerminalPane } from "../terminal/index.ts";
import type { SessionSource } from "./session-source.ts";
import { strings } from "./strings/en.ts";

const words = strings.live;

const Watched = ({ name, source }: { readonly name: string; readonly source: SessionSource }): ReactNode => {
  const terminal = useMemo(() => source.watch(name), [source, name]);
  const [status, setStatus] = useState<TerminalStatus>();
  const overlay =
    status === undefined || (status.connection.phase === "live" && status.shell === "ready")
      ? undefined
      : status.connection.phase === "waiting"
        ? words.lost
        : status.shell === "exited"
          ? words.ended(status.exitCode)
          : undefined;
  return (
    <TerminalPane
      source={terminal}
      label={words.label(name)}
      options={{ fontSize: 14, screenReaderMode: false, highContrast: false, readOnly: true }}
      onStatus={setStatus}
      onLeave={() => (document.activeElement as HTMLElement | null)?.blur()}
      overlay={overlay !== undefined && <p className="live__overlay">{overlay}</p>}
    />
  );
};

export interface LiveTerminalsProps {
  readonly terminals: readonly TerminalView[];
  readonly source: SessionSource;
  readonly isOffered: boolean;
}

/** The student's terminals as they are now. */
export const LiveTerminals = ({ terminals, source, isOffered }: LiveTerminalsProps): ReactNode => {
  const [wanted, setWanted] = useState<string>();
  const shown = terminals.find(({ name }) => name === wanted) ?? terminals[0];
  const missing = missingLog(shown, words.missing);
  if (shown === undefined) return <p className="panel__empty">{isOffered ? words.none : words.off}</p>;
  return (
    <div className="live">
      {terminals.length > 1 && (
        <div className="segments" role="group" aria-label={words.title}>
          {terminals.map(({ name }) => (
            <button key={name} type="button" aria-pressed={name === shown.name} onClick={() => setWanted(name)}>
              {words.tab(name)}
            </button>
          ))}
        </div>
      )}
      <div className="live__screen">
        <Watched key={shown.name} name={shown.name} source={source} />
      </div>
      <p className="live__note">{words.readOnly}</p>
      {missing !== undefined && <p className="live__note">{missing}</p>}
    </div>
  );
};
