import { type Part, type PartResult, sum, verdict } from "./part.ts";
import { print, seconds } from "./print.ts";

/**
 * Runs all parts, at most two at once (they are processes of their own, and machines have two cores at
 * least), prints a line for each as it ends, and never stops at a failed one. A part that throws has failed.
 */
export const collect = async (parts: readonly Part[], say: (line: string) => void): Promise<PartResult> => {
  const waiting = [...parts];
  const results: PartResult[] = [];
  const work = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) results.push(await runPart(part, say));
  };
  await Promise.all([work(), work()]);
  return sum(results);
};

const runPart = async (part: Part, say: (line: string) => void): Promise<PartResult> => {
  const started = performance.now();
  const result = await part.run().catch((cause: unknown) => verdict(false, describe(cause)));
  const isOk = result.failed === 0;
  const note = result.note === undefined ? "" : `  ${result.note}`;
  say(`${isOk ? "ok  " : "FAIL"}  ${part.name.padEnd(36)} ${seconds(performance.now() - started).padStart(7)}${note}`);
  if (!isOk && result.report !== "") say(indent(result.report));
  return result;
};

const describe = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));

const indent = (text: string): string => text.trimEnd().replaceAll(/^/gm, "      ");

/** {@link collect}, to people. */
export const runParts = (parts: readonly Part[]): Promise<PartResult> => collect(parts, print.line);
