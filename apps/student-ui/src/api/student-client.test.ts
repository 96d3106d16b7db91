import assert from "node:assert/strict";
import { test } from "node:test";
import { fillPath } from "@atelier/contract";
import { problemOf, RequestFailed } from "./problem.ts";
import { createStudentClient } from "./student-client.ts";

const answering =
  (status: number, body: unknown, seen: { url: string; method: string | undefined }[] = []): typeof fetch =>
  async (input, init) => {
    seen.push({ url: String(input), method: init?.method });
    return new Response(status === 204 ? null : JSON.stringify(body), { status });
  };

test("names in a path are encoded", () => {
  assert.equal(fillPath("/api/steps/:id/help/:level", { id: "a/b", level: "hints" }), "/api/steps/a%2Fb/help/hints");
});

test("an answer becomes a type, and its address and method are the contract's", async () => {
  const seen: { url: string; method: string | undefined }[] = [];
  const step = await createStudentClient(
    answering(200, { id: "a", number: 1, title: "A", state: "completed", hasCheck: false }, seen),
  ).complete("a");
  assert.deepEqual([step.state, seen], ["completed", [{ url: "/api/steps/a/complete", method: "POST" }]]);
});

test("a refusal keeps the server's words", async () => {
  const problem = { code: "check-running", message: "Another check is running.", fields: [] };
  await assert.rejects(createStudentClient(answering(409, problem)).check("a"), (error: unknown) => {
    assert.ok(error instanceof RequestFailed);
    assert.deepEqual([error.status, problemOf(error)], [409, problem]);
    return true;
  });
});

test("an answer of another shape is an error, not a crash later on", async () => {
  await assert.rejects(createStudentClient(answering(200, { phase: "no such phase" })).boot(), {
    name: "RequestFailed",
  });
});

test("no answer at all has status 0", async () => {
  const client = createStudentClient(() => Promise.reject(new TypeError("fetch failed")));
  await assert.rejects(client.boot(), { name: "RequestFailed", status: 0 });
});

test("an empty answer is fine where none is due", async () => {
  assert.equal(await createStudentClient(answering(204, undefined)).closeTerminal("2"), undefined);
});
