import "./playback.css";
import { type ReactNode, useId, useState } from "react";
import { Icon } from "../icons/icons.tsx";
import { strings } from "../observation/strings/en.ts";
import { isFailure, type TimelineEntry } from "./timeline.ts";

const words = strings.playback;

const textOf = (entry: TimelineEntry): string =>
  entry.kind === "command"
    ? entry.command.command
    : entry.kind === "check"
      ? `${words.check[entry.check.outcome]}: ${entry.check.step}`
      : words.step(entry.step);

const labelOf = (entry: TimelineEntry): string =>
  entry.kind === "command" ? `${words.command(entry.command.exitCode)}: ${textOf(entry)}` : textOf(entry);

const keyOf = (entry: TimelineEntry): string =>
  entry.kind === "command"
    ? `c${entry.command.seq}`
    : entry.kind === "check"
      ? `k${entry.check.seq}`
      : `s${entry.step}${entry.t}`;

const iconOf = (entry: TimelineEntry): "terminal" | "check" | "cross" | "flag" | "warning" => {
  if (entry.kind === "step") return "flag";
  if (entry.kind === "command") return isFailure(entry) ? "cross" : "terminal";
  return entry.check.outcome === "passed" ? "check" : entry.check.outcome === "failed" ? "cross" : "warning";
};

/** What happened during a recording; each entry seeks to it. */
export const TimelineList = ({
  entries,
  onSeek,
}: {
  readonly entries: readonly TimelineEntry[];
  readonly onSeek: (entry: TimelineEntry) => void;
}): ReactNode => {
  const searchId = useId();
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const found = entries.filter((entry) => textOf(entry).toLowerCase().includes(wanted));
  return (
    <section className="timeline" aria-label={words.timeline}>
      <label className="visually-hidden" htmlFor={searchId}>
        {words.search}
      </label>
      <input
        id={searchId}
        type="search"
        className="field"
        placeholder={words.search}
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      {found.length === 0 ? (
        <p className="panel__empty">{words.noTimeline}</p>
      ) : (
        <ol className="timeline__list">
          {found.map((entry) => (
            <li key={keyOf(entry)}>
              <button
                type="button"
                className="timeline__entry"
                data-kind={entry.kind}
                data-failed={
                  isFailure(entry) || (entry.kind === "check" && entry.check.outcome !== "passed") || undefined
                }
                aria-label={`${words.position(entry.t)} ${labelOf(entry)}`}
                onClick={() => onSeek(entry)}
              >
                <span className="timeline__time">{words.position(entry.t)}</span>
                <Icon name={iconOf(entry)} size={14} />
                <span className="timeline__text">{textOf(entry)}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
};
