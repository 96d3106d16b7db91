import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { controlPath, type ManagerMessage, type NewRequest, type WorkspaceMessage } from "@atelier/contract";
import { WebSocket } from "ws";
import {
  bearer,
  openTestServer,
  type TestServer,
  type TestServerOptions,
  tokens,
} from "../testing/open-test-server.ts";

interface Managed extends AsyncDisposable {
  readonly server: TestServer;
  /** Requests as the manager heard them. */
  readonly heard: NewRequest[];
  post(role: "student" | "instructor", path: string, body?: object): Promise<{ status: number; body: unknown }>;
  /** Puts an author's newer texts into the workspace. */
  overlay(files: Readonly<Record<string, string>>): Promise<void>;
  /** `id: state` of every step. */
  states(): Promise<readonly string[]>;
}

/** A server with a manager that answers at once, and moves nothing. */
const open = async (
  outcome: "done" | "refused",
  { isEntered = true, ...options }: TestServerOptions & { readonly isEntered?: boolean } = {},
): Promise<Managed> => {
  const server = await openTestServer({ moreSteps: ["three"], ...options });
  const heard: NewRequest[] = [];
  const answered = Promise.withResolvers<boolean>();
  const manager = new WebSocket(`ws://127.0.0.1:${server.port}${controlPath}`, {
    headers: { Host: `127.0.0.1:${server.port}`, ...bearer(tokens.control) },
  });
  const say = (message: ManagerMessage): void => manager.send(JSON.stringify(message));
  manager.on("message", (data) => {
    const message = JSON.parse(String(data)) as WorkspaceMessage;
    if (message.t === "answer") answered.resolve(message.ok);
    if (message.t !== "request") return;
    heard.push(message.request);
    say({ t: "acknowledge", id: message.id, outcome });
  });
  await new Promise((resolve, reject) => manager.once("message", resolve).once("error", reject));
  const post: Managed["post"] = async (role, path, body = {}) => {
    const headers = { ...bearer(tokens[role]), Origin: server.origin, "Content-Type": "application/json" };
    const { status, text } = await server.call("POST", path, headers, JSON.stringify(body));
    return { status, body: JSON.parse(text) };
  };
  if (isEntered) assert.equal((await post("student", "/api/steps/one/enter")).status, 200);
  return {
    server,
    heard,
    post,
    overlay: async (files) => {
      say({ t: "content-overlay", call: "1", files, removed: [] });
      assert.ok(await answered.promise);
    },
    states: async () => {
      const { text } = await server.call("GET", "/api/workspace", bearer(tokens.student));
      const { steps } = JSON.parse(text) as {
        readonly steps: readonly { readonly id: string; readonly state: string }[];
      };
      return steps.map(({ id, state }) => `${id}: ${state}`);
    },
    [Symbol.asyncDispose]: async () => {
      manager.terminate();
      await server[Symbol.asyncDispose]();
    },
  };
};

const kinds = ["goto", "next", "reset", "solve"] as const;

/** Of every request there is, those that are let through: `kind: steps`, a dash for the one without a step. */
const allowed = async ({ post }: Managed, role: "student" | "instructor"): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const kind of kinds) {
    const through: string[] = [];
    for (const step of ["one", "two", "three", undefined]) {
      if (kind === "goto" && step === undefined) continue;
      const asked = { kind, ...(step === undefined ? {} : { step }) };
      const { status, body } = await post(role, "/api/requests", asked);
      if (status === 202) through.push(step ?? "-");
      else assert.deepEqual([status, (body as { code: string }).code], [403, "step-locked"], `${kind} ${step}`);
    }
    lines.push(`${kind}: ${through.join(" ")}`);
  }
  return lines;
};

const everything = ["goto: one two three", ...kinds.slice(1).map((kind) => `${kind}: one two three -`)];

test("linear: no request leads past a step that is not done", async () => {
  await using managed = await open("refused");
  assert.deepEqual(await allowed(managed, "student"), ["goto: one", "next: ", "reset: one -", "solve: one -"]);
  assert.deepEqual(await allowed(managed, "instructor"), everything, "who teaches leads where they want");
  await managed.server.write("done", "");
  await managed.post("student", "/api/steps/one/check");
  assert.deepEqual(await allowed(managed, "student"), [
    "goto: one two",
    "next: one -",
    "reset: one two -",
    "solve: one two -",
  ]);
});

test("free: every request is let through", async () => {
  await using managed = await open("refused", { navigation: "free" });
  assert.deepEqual(await allowed(managed, "student"), everything);
});

test("guided: no request leads into a part that is closed", async () => {
  await using managed = await open("refused", {
    navigation: "guided",
    groups: { one: "Basics", two: "Basics", three: "More" },
  });
  const inGroup = ["reset: one two -", "solve: one two -"];
  assert.deepEqual(await allowed(managed, "student"), ["goto: one two", "next: one -", ...inGroup]);
  await managed.server.write("done", "");
  await managed.post("student", "/api/steps/one/check");
  await managed.post("student", "/api/steps/two/complete");
  assert.deepEqual(await allowed(managed, "student"), everything);
});

test("a step that was solved is recorded, whoever named it, and stays solved whatever a check says", async () => {
  await using managed = await open("done");
  const { heard, post, states } = managed;
  assert.equal((await post("student", "/api/requests", { kind: "solve", image: "three" })).status, 202);
  for (const end = performance.now() + 3000; (await states())[0] === "one: current"; )
    assert.ok(performance.now() < end, "it is not recorded");
  assert.deepEqual(heard, [{ kind: "solve", step: "one" }], "the manager is told the step, and no image by a browser");
  assert.equal((await states())[0], "one: solved");
  await managed.server.write("done", "");
  const { body } = await post("student", "/api/steps/one/check");
  assert.equal((body as { outcome: string }).outcome, "passed");
  assert.deepEqual(await states(), ["one: solved", "two: open", "three: locked"]);
  const events = await readFile(managed.server.at("runtime/state-events.jsonl"), "utf8");
  assert.match(events, /"step-solved"/);
  assert.doesNotMatch(events, /"step-completed"/);
});

test("navigation that an author changes meanwhile holds at once", async () => {
  await using managed = await open("refused");
  const { server, overlay } = managed;
  const text = (await readFile(server.at("workshop/workshop.json"), "utf8")).replace(
    '"navigation":"linear"',
    '"navigation":"free"',
  );
  await overlay({ "workshop.json": text });
  assert.deepEqual(await allowed(managed, "student"), everything);
});

test("before anything was entered the step is the one that the image is for", async () => {
  await using managed = await open("refused", { isEntered: false });
  assert.deepEqual(await allowed(managed, "student"), ["goto: one", "next: ", "reset: one -", "solve: one -"]);
  assert.deepEqual(
    managed.heard.map(({ kind, step }) => `${kind} ${step}`),
    ["goto one", "reset one", "reset one", "solve one", "solve one"],
  );
});
