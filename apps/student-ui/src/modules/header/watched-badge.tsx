import { Icon } from "@atelier/ui";
import type { ReactNode } from "react";
import { useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";

/** Visible for as long as an instructor looks at this workspace; its coming is announced. */
export const WatchedBadge = (): ReactNode => {
  const { workspace } = useStudent();
  const watchers = workspace?.watchers ?? 0;
  return (
    <div className="watched" role="status">
      {watchers > 0 && (
        <span className="badge" data-tone="warn" title={strings.header.watched(watchers)}>
          <Icon name="eye" size={14} />
          <span className="badge__text badge__text--watch">{strings.header.watched(watchers)}</span>
        </span>
      )}
    </div>
  );
};
