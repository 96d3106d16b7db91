import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@atelier/domain";
import { createPresenceList } from "../instructor/presence.ts";
import { createApp, type StudentService } from "./app.ts";
import { createEventStream } from "./event-stream.ts";

const appOf = (service: object, onWork: () => void = () => {}): ReturnType<typeof createApp> =>
  createApp({
    rules: () => ({ tokens: { student: "s", instructor: "i" }, origins: ["http://w"], cookieName: "c" }),
    service: () => service as unknown as StudentService,
    boot: () => ({ phase: "ready", elapsedMs: 0 }),
    events: createEventStream(),
    uiFolder: "",
    instructor: () => undefined,
    instructorFolder: "",
    presence: createPresenceList(),
    contentFolder: () => "",
    onError: () => {},
    onWork,
  });

const answerTo = async (error: Error): Promise<Response> =>
  appOf({ ask: () => Promise.reject(error) }).request("http://w/api/steps/one/ask", {
    method: "POST",
    headers: { Host: "w", Origin: "http://w", Authorization: "Bearer s" },
    body: '{"question":"x","level":"hints"}',
  });

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

test("what a student has done by the page counts as work, what anybody looks at does not", async () => {
  let count = 0;
  const entry = { name: "a", path: "/a", kind: "file", size: 0, modifiedAt: "2026-01-01T00:00:00Z" };
  const files = { write: async () => ({ entry, etag: "e" }), list: async () => ({ entries: [] }) };
  const app = appOf({ disk: { files } }, () => count++);
  const counts: unknown[] = [];
  for (const [token, method, path] of [
    ["s", "GET", "/api/files?path=/"],
    ["i", "PUT", "/api/files/content?path=/a"],
    ["x", "PUT", "/api/files/content?path=/a"],
    ["s", "PUT", "/api/files/content?path=/a"],
  ] as const) {
    const { status } = await app.request(`http://w${path}`, {
      method,
      headers: { Host: "w", Origin: "http://w", Authorization: `Bearer ${token}` },
      ...(method === "PUT" ? { body: "text" } : {}),
    });
    counts.push([status, count]);
  }
  assert.deepEqual(counts, [
    [200, 0],
    [403, 0],
    [401, 0],
    [200, 1],
  ]);
});
