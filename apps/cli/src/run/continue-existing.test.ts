import assert from "node:assert/strict";
import { test } from "node:test";
import type { WorkspaceStatus, Workspaces } from "@atelier/backend-docker";
import { type BuildRecord, isAppError } from "@atelier/domain";
import type { Context } from "../context.ts";
import { type ContinueOptions, continueExisting, imageToRun } from "./continue-existing.ts";

const recordOf = (version: string, ids: readonly string[]): BuildRecord =>
  ({
    workshop: "lab",
    version,
    steps: ids.map((id, index) => ({
      step: index === 0 ? "start" : `s${index}`,
      images: [{ platform: "linux/amd64", configDigest: id, layers: [], pushed: [] }],
    })),
  }) as unknown as BuildRecord;

interface Stage {
  /** What each look finds; the last one goes on. */
  readonly looks: readonly (Partial<WorkspaceStatus> | undefined)[];
  readonly record?: BuildRecord;
  readonly hasRun?: boolean;
}

/** A machine on which what is done is written down. */
const machineOf = ({ looks, record, hasRun = true }: Stage) => {
  const done: string[] = [];
  let look = 0;
  const list = async () => {
    const found = looks[Math.min(look++, looks.length - 1)];
    return found === undefined
      ? []
      : [{ name: "lab", id: "w1", state: "running", containerId: "c", settings: settingsOf("lab"), ...found }];
  };
  const workspaces = {
    list,
    find: async () => ({ settings: undefined }),
    remove: async () => void done.push("removed"),
  };
  const context = {
    signal: new AbortController().signal,
    reporter: {
      isInteractive: false,
      info: (text: string) => done.push(`info ${text}`),
      warn: (text: string) => done.push(`warn ${text}`),
      progress: () => {},
      progressDone: () => {},
    },
    state: async () => ({ readStanding: () => (hasRun ? {} : undefined), readRecord: () => record }),
    workspaces: async () => workspaces,
    runningSupervisor: async () => undefined,
    supervisor: async () => ({
      start: async () => {
        done.push("started");
        return { boot: { phase: "ready" } };
      },
      transition: async (_: string, order: { record: string }) => void done.push(`moved to ${order.record}`),
    }),
  };
  const run = (wanted: BuildRecord, options: ContinueOptions = {}) =>
    continueExisting(context as unknown as Context, workspaces as unknown as Workspaces, {
      name: "lab",
      wanted: imageToRun(
        {
          record: wanted,
          digest: "new",
          parameters: [],
          sudo: false,
          user: "student",
          shown: undefined,
        },
        {},
      ),
      options,
    });
  return { done, run };
};

const settingsOf = (workshop: string): WorkspaceStatus["settings"] =>
  ({ name: "lab", workshop, version: "1.0.0", record: "old" }) as unknown as WorkspaceStatus["settings"];
const first = recordOf("1.0.0", ["a", "b"]);
const second = recordOf("1.0.1", ["a", "c"]);

test("images of the same build go on where the first run was, and so do those of a record that knows more", async () => {
  for (const record of [first, { ...first, planDigest: "other", title: "noted" }]) {
    const { done, run } = machineOf({ looks: [{}], record });
    assert.equal((await run(first))?.phase, "ready");
    assert.ok(done.includes("started") && !done.includes("removed"), done.join());
  }
});

test("images of another build never slip under a student: it is said, and moved or begun afresh where that was said", async () => {
  const said = machineOf({ looks: [{}], record: first });
  assert.equal((await said.run(second))?.phase, "ready");
  assert.match(
    said.done.join("\n"),
    /another build \(version 1\.0\.0\) than what was named \(version 1\.0\.1\); "lab" goes on/,
  );
  const moved = machineOf({ looks: [{}], record: first });
  await moved.run(second, { onEdit: "move" });
  assert.ok(moved.done.includes("moved to new"), moved.done.join());
  const fresh = machineOf({ looks: [{}], record: first });
  assert.equal(await fresh.run(second, { onEdit: "fresh" }), undefined);
  assert.deepEqual(fresh.done, ["removed"]);
});

test("a name that is another workshop's, or of settings that nobody here can read, is refused and kept", async () => {
  for (const [looks, words] of [
    [[{ settings: settingsOf("other") }], /one of the workshop "other", not of "lab"/],
    [[{ settings: undefined }], /made by another version of Atelier/],
    [[{ settings: undefined, state: "incomplete" }], /made by another version of Atelier/],
  ] as const) {
    const { done, run } = machineOf({ looks, record: first, hasRun: false });
    await assert.rejects(run(first, { onEdit: "fresh" }), (error) => isAppError(error) && words.test(error.message));
    assert.deepEqual(done, []);
  }
});

test("what another command is making at this moment is waited for; what was given up half made is made again", async () => {
  const made = machineOf({
    looks: [{ state: "incomplete", containerId: undefined }, { state: "incomplete" }],
    record: first,
    hasRun: false,
  });
  assert.equal((await made.run(first))?.phase, "ready");
  assert.ok(!made.done.includes("removed"), made.done.join());
  const givenUp = machineOf({ looks: [{ state: "incomplete", containerId: undefined }], hasRun: false });
  assert.equal(await givenUp.run(first), undefined);
  assert.deepEqual(givenUp.done, ["removed"]);
  const neverStarted = machineOf({ looks: [{ state: "incomplete" }], record: first, hasRun: false });
  assert.equal(await neverStarted.run(first, { set: ["a=b"] }), undefined);
  assert.deepEqual(neverStarted.done, ["removed"]);
});

test("what lost its container after it had run is kept, and nothing typed is ignored without a word", async () => {
  const lost = machineOf({ looks: [{ state: "incomplete", containerId: undefined }], record: first });
  assert.equal((await lost.run(first, { ttl: "1h", template: "t.yaml" }))?.phase, "ready");
  assert.match(
    lost.done.join("\n"),
    /warn "lab" goes on as it was made; .*--ttl \(more time: `atelier extend lab`\), --template/,
  );
  await assert.rejects(lost.run(first, { step: "s1" }), /--step and --set are for new ones/);
});
