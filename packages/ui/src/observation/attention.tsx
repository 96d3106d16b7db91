import "./observation.css";
import type { StuckReason } from "@atelier/contract";
import type { ReactNode } from "react";
import { Icon } from "../icons/icons.tsx";
import { strings } from "./strings/en.ts";

const words = strings.attention;

/** Why the student may need somebody, each sign with its explanation. */
export const Attention = ({ reasons }: { readonly reasons: readonly StuckReason[] }): ReactNode => (
  <section className="panel attention" aria-label={words.title} data-tone={reasons.length > 0 ? "warn" : undefined}>
    <h2 className="panel__title">{words.title}</h2>
    {/* Told aloud when it changes: the instructor may look elsewhere. */}
    <div role="status">
      {reasons.length === 0 ? (
        <p className="panel__empty">{words.none}</p>
      ) : (
        <ul className="attention__list">
          {reasons.map((reason) => {
            const [title, text] = words.reason(reason);
            return (
              <li key={reason.code} className="attention__reason">
                <Icon name={reason.code === "idle" || reason.code === "long-step" ? "clock" : "warning"} />
                <div>
                  <p className="attention__title">{title}</p>
                  <p className="attention__text">{text}</p>
                </div>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  </section>
);
