import { checkParts } from "./gate/check-parts.ts";
import { type PartResult, sum, summary, verdict } from "./gate/part.ts";
import { print } from "./gate/print.ts";
import { requireNode } from "./gate/require-node.ts";
import { runParts } from "./gate/run-parts.ts";
import { runSuite } from "./test-run/run-suite.ts";
import { type Suite, suites } from "./test-run/suites.ts";

/** `npm run test:all`: the check, then the suites that need an engine; the last line sums everything up. */
const main = async (): Promise<number> => {
  requireNode();
  print.line("check");
  const results: PartResult[] = [await runParts(checkParts())];
  for (const suite of [suites.docker, suites.browser, suites.journey]) results.push(await runLongSuite(suite));
  const total = sum(results);
  summary(total).forEach(print.line);
  return total.failed === 0 ? 0 : 1;
};

/** A suite that cannot even start, for example without an engine, is a failure and no end. */
const runLongSuite = async (suite: Suite): Promise<PartResult> => {
  print.line(`${suite.name} tests`);
  const result = await runSuite(suite, { isVerbose: true }).catch((cause: unknown) =>
    verdict(false, cause instanceof Error ? cause.message : String(cause)),
  );
  if (result.report !== "") print.line(result.report);
  return result;
};

process.exitCode = await main();
