import "./observation.css";
import type { Presence } from "@atelier/contract";
import type { ReactNode } from "react";
import { strings } from "./strings/en.ts";

const words = strings.presence;

/** Whether the student has the page open, and who else looks on. */
export const PresenceBadge = ({ presence }: { readonly presence: Presence }): ReactNode => {
  const others = words.watching(presence.instructors - 1);
  return (
    <>
      <span className="status" data-tone={presence.students > 0 ? "good" : "plain"}>
        <span className="status__dot" />
        {presence.students > 0 ? words.here(presence.students) : words.away}
      </span>
      {others !== "" && <span className="status">{others}</span>}
    </>
  );
};
