import type { CheckView } from "@atelier/contract";
import { Icon, ResultList } from "@atelier/ui";
import type { ReactNode } from "react";
import { strings } from "../../strings/en.ts";
import { Dispute } from "./dispute.tsx";

const words = strings.check;

const headline = ({ outcome, assertions }: CheckView): string => {
  if (outcome !== "failed") return words[outcome];
  return words.failed(
    assertions.filter(({ status }) => status === "failed" || status === "error").length,
    assertions.length,
  );
};

const timeOf = (at: string): string =>
  new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export interface CheckResultProps {
  readonly check: CheckView;
  /** Another run is under way: this one is no longer the newest truth. */
  readonly stale: boolean;
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** What the last check found: failures first and in full, what passed folded away. */
export const CheckResult = ({ check, stale, open, onToggle }: CheckResultProps): ReactNode => {
  const passed = check.assertions.filter(({ status }) => status === "passed");
  const others = check.assertions.filter(({ status }) => status !== "passed");
  const isQuiet = check.trigger === "auto" && check.outcome !== "passed";
  const tone = isQuiet ? "quiet" : check.outcome === "passed" ? "good" : check.outcome === "failed" ? "bad" : "warn";
  return (
    <div className="check-result" data-tone={tone} data-stale={stale || undefined}>
      <button type="button" className="check-result__head" aria-expanded={open} onClick={onToggle}>
        <span className="check-result__mark">
          <Icon name={tone === "good" ? "check" : tone === "bad" ? "cross" : tone === "quiet" ? "info" : "warning"} />
        </span>
        <span>
          <span className="check-result__headline">{headline(check)}</span>
          <span className="check-result__time">
            {check.trigger === "auto"
              ? words.byItself(timeOf(check.at))
              : words.at(timeOf(check.at), words.milliseconds(check.durationMs))}
          </span>
        </span>
        <Icon name="down" />
      </button>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <div className="check-result__body" tabIndex={0} role="region" aria-label={words.details}>
          {(check.outcome === "error" || check.outcome === "timeout") && (
            <p className="check-result__cause">
              {check.cause} {words.errorHint}
            </p>
          )}
          {others.length > 0 && <ResultList results={others} strings={words} />}
          {passed.length > 0 && (
            <details className="check-result__passed" open={others.length === 0}>
              <summary>{words.showPassed(passed.length)}</summary>
              <ResultList results={passed} strings={words} />
            </details>
          )}
          {check.outcome !== "passed" && <Dispute key={check.step} step={check.step} />}
        </div>
      )}
    </div>
  );
};
