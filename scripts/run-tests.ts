import { type Part, type PartResult, sum, summary } from "./gate/part.ts";
import { print } from "./gate/print.ts";
import { requireNode } from "./gate/require-node.ts";
import { runSuite } from "./test-run/run-suite.ts";
import { type SuiteName, suites } from "./test-run/suites.ts";

/** `node scripts/run-tests.ts <unit|docker|soak|browser|journey|all> [part of a path]`; `all` leaves out soak. */
const main = async ([wanted = "", only = ""]: readonly string[]): Promise<number> => {
  requireNode();
  const names: readonly SuiteName[] | undefined =
    wanted === "all"
      ? ["unit", "docker", "browser", "journey"]
      : Object.hasOwn(suites, wanted)
        ? [wanted as SuiteName]
        : undefined;
  if (names === undefined) {
    print.line(`Which tests? node scripts/run-tests.ts <${Object.keys(suites).join("|")}|all> [part of a path]`);
    return 2;
  }
  const results: PartResult[] = [];
  for (const name of names) {
    const result = await runVerbosely({ name, run: () => runSuite(suites[name], { only, isVerbose: true }) });
    results.push(result);
  }
  const total = sum(results);
  summary(total).forEach(print.line);
  return total.failed === 0 ? 0 : 1;
};

const runVerbosely = async (part: Part): Promise<PartResult> => {
  print.line(`${part.name} tests`);
  const result = await part.run();
  if (result.report !== "") print.line(result.report);
  return result;
};

process.exitCode = await main(process.argv.slice(2));
