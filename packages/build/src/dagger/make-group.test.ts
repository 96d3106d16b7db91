import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@atelier/domain";
import type { ChainWork } from "../chain/chain-builder.ts";
import type { LayerGroup } from "../chain/layer-groups.ts";
import { runGroup } from "./make-group.ts";
import { QueryFailed } from "./session/query-session.ts";

const group = {
  files: [],
  env: {},
  label: "cp",
  command: {
    kind: "command",
    run: "cp a b",
    user: "root",
    cwd: "/",
    secrets: [],
    at: { file: "steps/two/step.yaml", line: 3 },
  },
} as unknown as LayerGroup;

const full = "mkdir /var/lib/dagger/new-1: no space left on device";

interface Engine {
  readonly fieldsOf: (fields: string) => Promise<unknown>;
  /** What it says when it is given something to keep. */
  readonly keep?: () => Promise<unknown>;
}

/** Runs the command in an engine that answers so; what was asked and said on the way comes along. */
const run = async ({ fieldsOf, keep = async () => undefined }: Engine, isLast = false) => {
  const asked: string[] = [];
  const said: string[] = [];
  const work = {
    request: { onProgress: (event: { line: string }) => said.push(event.line), workshop: { steps: [] } },
    ground: {},
  } as unknown as ChainWork;
  const session = {
    client: { directory: () => ({ withNewFile: () => ({ sync: keep }) }) },
    containerOf: (id: string) => `container ${id}`,
    fieldsOf: (_id: string, fields: string) => {
      asked.push(fields);
      return fieldsOf(fields);
    },
  } as unknown as Parameters<typeof runGroup>[1];
  const container = { id: async () => "made" } as never;
  const outcome = await runGroup(work, session, { container, group, step: "two", isLast }).catch((error: unknown) =>
    error instanceof AppError ? { code: error.code, message: error.message, hint: error.hint } : error,
  );
  return { outcome, asked, said };
};

const fails =
  (message: string, command?: { exitCode: number; stdout: string; stderr: string }): Engine["fieldsOf"] =>
  () =>
    Promise.reject(new QueryFailed(message, command && { _type: "EXEC_ERROR", ...command }));

test("what a command said comes with what it left, in one question; an older engine is asked without the manifest", async () => {
  const answers = async (fields: string) => ({
    stdout: "one\ntwo\n",
    ...(fields.includes("manifest") ? { manifest: { contents: "{}" } } : {}),
  });
  assert.deepEqual(await run({ fieldsOf: answers }, true), {
    outcome: { container: "container made", manifest: "{}" },
    asked: ["stdout manifest { contents }"],
    said: ["one", "two"],
  });
  assert.deepEqual((await run({ fieldsOf: answers })).asked, ["stdout"]);
  const older = await run(
    {
      fieldsOf: (fields) =>
        fields.includes("manifest")
          ? Promise.reject(new QueryFailed('Cannot query field "manifest" on type "Container".', undefined))
          : answers(fields),
    },
    true,
  );
  assert.deepEqual(older.asked, ["stdout manifest { contents }", "stdout"]);
  assert.deepEqual(older.outcome, { container: "container made", manifest: undefined });
});

test("a command whose engine has no room even for its exit code is told with step and line", async () => {
  const keep = () => Promise.reject(new QueryFailed(full, undefined));
  const unwritten = [
    fails("exit code: 141 [traceparent:1-2]"),
    fails("exit code: -1", { exitCode: -1, stdout: "", stderr: "" }),
    fails("failed to read exit code"),
  ];
  for (const fieldsOf of unwritten) {
    const { outcome } = await run({ fieldsOf, keep });
    const { code, message, hint } = outcome as AppError;
    assert.equal(code, "engine-disk-full");
    assert.match(
      message,
      /^Step "two" \(steps\/two\/step\.yaml:3\): the engine's disk is full: .*; mkdir .*: no space left/,
    );
    assert.doesNotMatch(message, /traceparent/);
    assert.match(hint ?? "", /\/var\/lib\/dagger/);
  }
});

test("with room it is a command that failed, and one that said itself that the disk is full is told where", async () => {
  const lost = (await run({ fieldsOf: fails("exit code: 3 [traceparent:1-2]") })).outcome as AppError;
  assert.equal(lost.code, "command-failed");
  assert.match(
    lost.message,
    /exit code 3 \(steps\/two\/step\.yaml:3\):\n {2}cp a b\n {2}\| \(The engine kept nothing more/,
  );
  const command = { exitCode: 1, stdout: "", stderr: "cp: No space left on device\n" };
  const told = (await run({ fieldsOf: fails("exit code: 1", command) })).outcome as AppError;
  assert.equal(told.code, "command-failed");
  assert.match(told.message, /exit code 1 .*\n {2}cp a b\n {2}\| cp: No space left on device$/);
  assert.match(told.hint ?? "", /^The engine's disk is full\. Make room where the Dagger engine/);
});
