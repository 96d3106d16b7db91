import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@atelier/domain";
import { createPresenceList } from "../instructor/presence.ts";
import { createApp, type StudentService } from "./app.ts";
import { createEventStream } from "./event-stream.ts";

const answerTo = async (error: Error): Promise<Response> => {
  const app = createApp({
    rules: () => ({ tokens: { student: "s" }, origins: ["http://w"], cookieName: "c" }),
    service: () => ({ ask: () => Promise.reject(error) }) as unknown as StudentService,
    boot: () => ({ phase: "ready", elapsedMs: 0 }),
    events: createEventStream(),
    uiFolder: "",
    instructor: () => undefined,
    instructorFolder: "",
    presence: createPresenceList(),
    contentFolder: () => "",
    onError: () => {},
  });
  return app.request("http://w/api/steps/one/ask", {
    method: "POST",
    headers: { Host: "w", Origin: "http://w", Authorization: "Bearer s" },
    body: '{"question":"x","level":"hints"}',
  });
};

test("each way a question can be refused has its status, and a limit says when to come again", async () => {
  for (const [error, status, retry] of [
    [new AppError("no-llm", "x"), 404, null],
    [new AppError("spend-limit", "x"), 403, null],
    [new AppError("ask-running", "x"), 409, null],
    [Object.assign(new AppError("rate-limited", "x"), { retryAfterSeconds: 17 }), 429, "17"],
  ] as const) {
    const response = await answerTo(error);
    assert.deepEqual([response.status, response.headers.get("retry-after")], [status, retry]);
    assert.equal(((await response.json()) as { code: string }).code, error.code);
  }
});
