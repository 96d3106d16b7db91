import { checkParts } from "./gate/check-parts.ts";
import { summary } from "./gate/part.ts";
import { print, seconds } from "./gate/print.ts";
import { requireNode } from "./gate/require-node.ts";
import { runParts } from "./gate/run-parts.ts";
import { runTool } from "./gate/run-tool.ts";
import { writeGeneratedFiles } from "./generated/generated-files.ts";

/** `node scripts/check.ts [--quick | --fix [path…]]`: the whole gate, all but the unit tests, or what a machine can put right. */
const main = async ([option, ...paths]: readonly string[]): Promise<number> => {
  requireNode();
  if (option === "--fix") return fix(paths);
  const isQuick = option === "--quick";
  if (option !== undefined && !isQuick) {
    print.line("node scripts/check.ts [--quick | --fix [path…]]");
    return 2;
  }
  const started = performance.now();
  const result = await runParts(checkParts().filter(({ name }) => !isQuick || name !== "unit tests"));
  print.line(`checked in ${seconds(performance.now() - started)}`);
  summary(result).forEach(print.line);
  return result.failed === 0 ? 0 : 1;
};

/** Formats and puts simple lint right (in these paths only, if any are named), and writes generated files. */
const fix = async (paths: readonly string[]): Promise<number> => {
  const { isOk, output } = await runTool("biome", ["check", "--write", "--diagnostic-level=error", ...paths]);
  print.line(output.trimEnd());
  for (const path of writeGeneratedFiles()) print.line(`wrote ${path}`);
  return isOk ? 0 : 1;
};

process.exitCode = await main(process.argv.slice(2));
