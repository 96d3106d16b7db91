import "./observation.css";
import type { Observation } from "@atelier/contract";
import type { ReactNode } from "react";
import { Icon } from "../icons/icons.tsx";
import { clock, strings } from "./strings/en.ts";

const words = strings.incidents;

/** What should be known about the log before it is believed, newest first. */
export const IncidentList = ({
  observation,
}: {
  readonly observation: Pick<Observation, "incidents" | "missing" | "skipped">;
}): ReactNode => {
  const { incidents, missing, skipped } = observation;
  if (incidents.length === 0 && missing === 0 && skipped === 0) return <p className="panel__empty">{words.none}</p>;
  return (
    <ul className="plain-list">
      {missing > 0 && <li className="incident">{words.missing(missing)}</li>}
      {skipped > 0 && <li className="incident">{words.skipped(skipped)}</li>}
      {incidents.toReversed().map((event) => (
        <li key={event.seq} className="incident noted">
          <Icon name="flag" size={14} />
          <span>
            {words.text(event)} <time dateTime={event.ts}>{clock(event.ts)}</time>
          </span>
        </li>
      ))}
    </ul>
  );
};
