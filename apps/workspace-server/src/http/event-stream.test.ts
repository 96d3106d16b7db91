import assert from "node:assert/strict";
import { test } from "node:test";
import { createEventStream } from "./event-stream.ts";

test("a silent stream says that it is there, in an event that a page can hear and that has no number", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const stream = createEventStream();
  const reader = stream.open(undefined, () => []).getReader();
  const next = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
  assert.equal(await next(), "retry: 1000\n\n");
  context.mock.timers.tick(15_000);
  assert.equal(await next(), "event: heartbeat\ndata: {}\n\n");
  stream.close();
  assert.equal((await reader.read()).done, true);
});
