import "./what-is-left.css";
import type { LeavingView } from "@atelier/contract";
import type { ReactNode } from "react";
import { strings } from "../../strings/en.ts";

const words = strings.saved.leaving;

const Listed = ({
  title,
  rows,
  more = 0,
}: {
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly note?: string }[];
  readonly more?: number;
}): ReactNode =>
  rows.length > 0 && (
    <>
      <p>{title}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long list has to be scrolled by keyboard, too. */}
      <ul className="leaving" tabIndex={0} aria-label={title}>
        {rows.map(({ name, note }) => (
          <li key={name}>
            <code>{name}</code> {note}
          </li>
        ))}
        {more > 0 && <li>{words.more(more)}</li>}
      </ul>
    </>
  );

export interface WhatIsLeftProps {
  /** Undefined while it is looked for; null when it could not be had. */
  readonly view: LeavingView | undefined | null;
  /** The student's files go with them to the next container. */
  readonly filesComeAlong: boolean;
}

/** What goes with the container when it is replaced: by name, so that nobody is surprised. */
export const WhatIsLeft = ({ view, filesComeAlong }: WhatIsLeftProps): ReactNode => {
  if (view === undefined) return <p role="status">{words.loading}</p>;
  if (view === null) return <p role="alert">{words.failed}</p>;
  const count = view.changed.length + view.moreChanged;
  return (
    <div className="leaving__parts">
      {count === 0 && <p>{words.nothing}</p>}
      {count > 0 && filesComeAlong && <p>{words.along(count)}</p>}
      {!filesComeAlong && (
        <Listed
          title={words.saved(count)}
          rows={view.changed.map(({ path, change }) => ({ name: path, note: words.changes[change] }))}
          more={view.moreChanged}
        />
      )}
      <Listed
        title={words.unsaved}
        rows={view.unsaved.map(({ path, why }) => ({ name: path, note: why }))}
        more={view.moreUnsaved}
      />
      <Listed title={words.jobs} rows={[...new Set(view.jobs)].map((name) => ({ name }))} />
      <p>{words.outside(view.folders)}</p>
    </div>
  );
};
