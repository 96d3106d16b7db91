import "../controls/field.css";
import "./observation.css";
import type { CommandRecord } from "@atelier/contract";
import { type ReactNode, useState } from "react";
import { Button } from "../controls/button.tsx";
import { SearchField } from "../controls/search-field.tsx";
import { clock, duration, strings } from "./strings/en.ts";

const words = strings.commands;
const shownAtFirst = 200;

export interface CommandTableProps {
  readonly commands: readonly CommandRecord[];
  readonly isRecorded: boolean;
  /** Plays the recording from a command; absent: there is none. */
  readonly onPlay?: ((command: CommandRecord) => void) | undefined;
}

const isFailure = ({ exitCode }: CommandRecord): boolean => exitCode !== undefined && exitCode !== 0;

const Notes = ({ command }: { readonly command: CommandRecord }): ReactNode => {
  const notes = [
    ...(command.verified ? [] : [[words.unverified, command.doubt ?? ""]]),
    ...(command.redacted ? [[words.redacted, ""]] : []),
    ...(command.truncated ? [[words.truncated, ""]] : []),
  ];
  return notes.map(([text, title]) => (
    <span key={text} className="chip" data-tone="warn" title={title || undefined}>
      {text}
      {title && <span className="visually-hidden">: {title}</span>}
    </span>
  ));
};

const Row = ({
  command,
  onPlay,
}: { readonly command: CommandRecord } & Pick<CommandTableProps, "onPlay">): ReactNode => (
  <tr data-failed={isFailure(command) || undefined}>
    <td className="commands__time">
      <time dateTime={command.startedAt}>{clock(command.startedAt)}</time>
    </td>
    <td className="commands__text">
      <code title={command.cwd}>{command.command}</code>
      <Notes command={command} />
    </td>
    <td className="commands__exit" title={command.exitCode === undefined ? words.noExitTitle : undefined}>
      <span className="exit">{command.exitCode ?? words.noExit}</span>
    </td>
    <td className="commands__took">{duration(command.durationMs)}</td>
    <td>
      {onPlay && (
        <Button
          look="quiet"
          size="small"
          icon="play"
          aria-label={words.play(command.command.slice(0, 60))}
          onPress={() => onPlay(command)}
        />
      )}
    </td>
  </tr>
);

/** What was run, newest first, with how it ended and how long it took. */
export const CommandTable = ({ commands, isRecorded, onPlay }: CommandTableProps): ReactNode => {
  const [search, setSearch] = useState("");
  const [failedOnly, setFailedOnly] = useState(false);
  const [shown, setShown] = useState(shownAtFirst);
  if (!isRecorded && commands.length === 0) return <p className="panel__empty">{words.off}</p>;
  const wanted = search.trim().toLowerCase();
  const found = commands
    .filter((command) => (!failedOnly || isFailure(command)) && command.command.toLowerCase().includes(wanted))
    .toReversed();
  return (
    <div className="commands">
      <div className="tools">
        <SearchField label={words.search} value={search} onChange={setSearch} />
        <label className="tick">
          <input type="checkbox" checked={failedOnly} onChange={({ target }) => setFailedOnly(target.checked)} />
          {words.failedOnly}
        </label>
      </div>
      {found.length === 0 ? (
        <p className="panel__empty">{commands.length === 0 ? words.none : words.noMatch}</p>
      ) : (
        <table className="commands__table">
          <thead>
            <tr>
              <th scope="col">{words.columns.time}</th>
              <th scope="col">{words.columns.command}</th>
              <th scope="col">{words.columns.exit}</th>
              <th scope="col">{words.columns.duration}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {found.slice(0, shown).map((command) => (
              <Row key={command.seq} command={command} onPlay={onPlay} />
            ))}
          </tbody>
        </table>
      )}
      {found.length > shown && (
        <Button look="quiet" size="small" onPress={() => setShown(shown * 4)}>
          {words.earlier(found.length - shown)}
        </Button>
      )}
    </div>
  );
};
