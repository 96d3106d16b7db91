import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft } from "../draft.ts";
import { error } from "../report.ts";
import { formatPath } from "../yaml/doc-path.ts";
import { describeTrap, trapRemedy } from "../yaml/scalar-traps.ts";

/** `VERSION: 1.10` would become 1.1: a number whose text is not kept cannot stand for text. */
export function* lossyEnvironment({ yaml, steps }: Draft): Iterable<Diagnostic> {
  for (const file of [yaml, ...steps.map((step) => step.yaml)])
    for (const trap of file?.traps ?? [])
      if (file !== undefined && trap.kind === "lossy" && !trap.isKey && trap.path.at(-2) === "env")
        yield error({
          code: "yaml-ambiguous",
          path: formatPath(trap.path),
          at: file.valueAt(trap.path),
          message: `${formatPath(trap.path)}: ${describeTrap(trap)}, so the variable would not hold what is written.`,
          remedy: trapRemedy(trap),
        });
}
