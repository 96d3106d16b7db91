import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { chooseOnEdit, type OnEdit } from "./choose-on-edit.ts";
import type { Context } from "./context.ts";

const mine = { name: "mine", cause: 'The workshop was edited since the workspace "mine" was made' };

const reporterOf = (isInteractive: boolean) => {
  const warnings: string[] = [];
  const reporter = { isInteractive, warn: (text: string) => warnings.push(text) } as unknown as Context["reporter"];
  return { reporter, warnings };
};

/** Presses keys once the question stands. Answers what was chosen and what stood there. */
const press = async (keys: readonly string[]): Promise<{ readonly chosen: OnEdit; readonly shown: string }> => {
  const { reporter } = reporterOf(true);
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = "";
  let isAsked: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  output.on("data", (data: Buffer) => {
    shown += data.toString("utf8");
    if (shown.includes("How to go on?")) isAsked();
  });
  const answer = chooseOnEdit({ reporter, terminal: { input, output } }, mine, undefined);
  await Promise.race([asked, answer]);
  for (const key of keys) {
    input.write(key);
    // As fingers do: one key at a time.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { chosen: await answer, shown };
};

const [down, enter, interrupt] = ["\u001b[B", "\r", "\u0003"] as const;

test("after an edit the student is asked, and gets what they choose: the old build unless they say otherwise", async () => {
  const { chosen, shown } = await press([enter]);
  assert.equal(chosen, "continue");
  assert.match(shown, /The workshop was edited since the workspace "mine" was made\. How to go on\?/);
  for (const label of ["Go on in the old build", "Move to the new build and keep the files", "Begin afresh"])
    assert.ok(shown.includes(label), label);
  assert.equal((await press([down, enter])).chosen, "move");
  const fresh = await press([down, down, enter]);
  assert.equal(fresh.chosen, "fresh");
  assert.match(fresh.shown, /deletes everything in "mine"/);
  await assert.rejects(press([interrupt]), /interrupted/);
});

test("what was said is not asked, and where nobody can be asked the old build goes on, with how to say otherwise", async () => {
  for (const said of ["continue", "move", "fresh"] as const)
    for (const isInteractive of [true, false]) {
      const { reporter, warnings } = reporterOf(isInteractive);
      assert.equal(await chooseOnEdit({ reporter }, mine, said), said);
      assert.deepEqual(warnings, []);
    }
  const { reporter, warnings } = reporterOf(false);
  assert.equal(await chooseOnEdit({ reporter }, mine, undefined), "continue");
  assert.match(warnings.join(), /goes on with its old build\. --on-edit move .* --on-edit fresh/);
});
