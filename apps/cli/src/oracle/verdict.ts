import type { CheckView } from "@atelier/contract";

/** What a check said on one image. */
export type Observation =
  | Pick<CheckView, "outcome" | "assertions" | "cause">
  | { readonly outcome: "not-started"; readonly cause: string; readonly assertions: readonly [] };

/**
 * What the two observations prove about a step. `proved`: fails before, passes after. `vacuous`: passes
 * before. `broken`: does not pass after. `missing`: there is no check to prove.
 */
export type Verdict = "proved" | "vacuous" | "broken" | "missing";

export interface StepProof {
  readonly step: string;
  readonly verdict: Verdict;
  /** One sentence for people. */
  readonly reason: string;
  /** What failed on the step's own image, for `broken`. */
  readonly failures: readonly string[];
  readonly ms: number;
}

/** Pure: check N must fail on image N-1 and pass on image N. */
export const judge = (before: Observation, after: Observation): Pick<StepProof, "verdict" | "reason" | "failures"> => {
  if (after.outcome !== "passed") {
    const failures = after.assertions
      .filter(({ status }) => status === "failed" || status === "error")
      .map(({ title, found }) => (found === undefined ? title : `${title}: found ${found}`));
    const reason =
      after.outcome === "failed"
        ? "does not pass on the step's own image"
        : `cannot be run on the step's own image: ${after.cause ?? after.outcome}`;
    return { verdict: "broken", reason, failures };
  }
  if (before.outcome === "passed")
    return { verdict: "vacuous", reason: "passes on the image before it, so it proves nothing", failures: [] };
  if (before.outcome === "failed") return { verdict: "proved", reason: "fails before, passes after", failures: [] };
  return {
    verdict: "broken",
    reason: `cannot be run on the image before it: ${before.cause ?? before.outcome}`,
    failures: [],
  };
};
