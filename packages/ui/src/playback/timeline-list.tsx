import "./playback.css";
import { type ReactNode, useState } from "react";
import { SearchField } from "../controls/search-field.tsx";
import { Icon } from "../icons/icons.tsx";
import type { PlaybackWords } from "./playback-words.ts";
import { isFailure, type TimelineEntry } from "./timeline.ts";

const textOf = (entry: TimelineEntry, words: PlaybackWords): string =>
  entry.kind === "command"
    ? entry.command.command
    : entry.kind === "check"
      ? words.check(entry.check.outcome, entry.check.step)
      : words.step(entry.step);

const labelOf = (entry: TimelineEntry, words: PlaybackWords): string =>
  entry.kind === "command"
    ? `${words.command(entry.command.exitCode)}: ${entry.command.command}`
    : textOf(entry, words);

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
  current,
  words,
  onSeek,
}: {
  readonly entries: readonly TimelineEntry[];
  /** Where the player is. */
  readonly current: TimelineEntry | undefined;
  readonly words: PlaybackWords;
  readonly onSeek: (entry: TimelineEntry) => void;
}): ReactNode => {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const found = entries.filter((entry) => textOf(entry, words).toLowerCase().includes(wanted));
  return (
    <section className="timeline" aria-label={words.timeline}>
      <SearchField label={words.search} value={search} onChange={setSearch} />
      {found.length === 0 ? (
        <p className="playback__note">{words.noTimeline}</p>
      ) : (
        <ol className="timeline__list">
          {found.map((entry) => (
            <li key={keyOf(entry)}>
              <button
                type="button"
                className="timeline__entry"
                data-kind={entry.kind}
                aria-current={entry === current ? "true" : undefined}
                data-failed={
                  isFailure(entry) || (entry.kind === "check" && entry.check.outcome !== "passed") || undefined
                }
                aria-label={`${words.position(entry.t)} ${labelOf(entry, words)}`}
                onClick={() => onSeek(entry)}
              >
                <span className="timeline__time">{words.position(entry.t)}</span>
                <Icon name={iconOf(entry)} size={14} />
                <span className="timeline__text">{textOf(entry, words)}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
};
