import { inspect } from "node:util";
import type { TestEvent } from "node:test/reporters";
import type { TestOutcome } from "./test-outcome.ts";

/**
 * A reporter for `node:test` that writes one JSON object a line: {@link TestOutcome}. It runs inside the
 * process of the test file; `run-file.ts` reads what it writes.
 */
export default async function* eventReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const names: string[] = [];
  for await (const event of source) {
    if (event.type === "test:start") {
      names.length = event.data.nesting;
      names.push(event.data.name);
    }
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    const { data } = event;
    // A suite only sums up what is in it; it counts when it failed by itself, in a hook.
    const isSuite = data.details.type === "suite";
    const error = event.type === "test:fail" ? event.data.details.error : undefined;
    if (isSuite && (error === undefined || failureType(error) === "subtestsFailed")) continue;
    const outcome: TestOutcome = {
      name: [...names.slice(0, data.nesting), data.name].join(" › "),
      status: error === undefined ? "passed" : "failed",
      ...(data.skip === undefined && data.todo === undefined ? {} : skipped(data.skip ?? data.todo)),
      ...(error === undefined ? {} : { error: inspect(error.cause ?? error, { depth: 6, colors: false }) }),
    };
    yield `${JSON.stringify(outcome)}\n`;
  }
}

const failureType = (error: Error): unknown => ("failureType" in error ? error.failureType : undefined);

const skipped = (reason: string | boolean | undefined): Pick<TestOutcome, "status" | "reason"> => ({
  status: "skipped",
  ...(typeof reason === "string" && reason !== "" ? { reason } : {}),
});
