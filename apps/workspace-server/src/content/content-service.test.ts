import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";
import { createContentService } from "./content-service.ts";
import { readBlock } from "./render-markdown.ts";

const home = await mkdtemp(join(tmpdir(), "atelier-content-"));
after(() => rm(home, { recursive: true }));

const page = [
  "```sh save=~/bin/hi\necho {{ WHO }}\n```",
  "```python save=notes/a.py\nprint(1)\n```",
  "```bash\nls\n```",
].join("\n\n");
const events: unknown[] = [];
const service = createContentService({
  loaded: { workshop: { workdir: join(home, "work") } } as LoadedWorkshop,
  events: { append: (event: unknown) => events.push(event) } as never,
  identity: { name: "student", uid: 0, gid: 0, groups: [], home },
  saver: [process.execPath, fileURLToPath(new URL("save-file/main.ts", import.meta.url))],
  asIdentity: (_identity, argv) => argv,
  refuseLocked: (step) => {
    if (step === "locked") throw new Error("locked");
  },
  quizzes: {
    isAllAnswered: () => true,
    answer: async (_step: string, id: string) => ({ id, answered: { isRight: id !== "wrong" } }),
  } as never,
  onAnswered: (step, { id }) => events.push(`told ${step} ${id}`),
  hasGoss: async (step) => step === "with-goss",
  check: async (step, by) => events.push(`checked ${step} for ${by}`),
  readBlock: (_step, _page, block) => readBlock(page, block, { base: "/", lookUp: () => "you" }),
});
const save = (block: number, replace = false) => service.saveBlock("one", block, { page: "content", replace });

test("a block is saved where its author says, with variables filled in, and recorded once", async () => {
  assert.deepEqual(await save(0), { path: join(home, "bin/hi"), outcome: "created" });
  assert.equal(await readFile(join(home, "bin/hi"), "utf8"), "echo you\n");
  assert.deepEqual(await save(0), { path: join(home, "bin/hi"), outcome: "same" });
  assert.deepEqual(await save(1), { path: join(home, "work/notes/a.py"), outcome: "created" });
  service.openHint("one", 2);
  assert.deepEqual(events, [
    { type: "block-saved", step: "one", path: join(home, "bin/hi") },
    { type: "block-saved", step: "one", path: join(home, "work/notes/a.py") },
    { type: "help-opened", step: "one", level: "hints", hint: 2 },
  ]);
});

test("other blocks, missing ones and locked steps are refused", async () => {
  for (const block of [2, 3]) await assert.rejects(save(block), { code: "not-found" });
  await assert.rejects(service.saveBlock("locked", 0, { page: "content", replace: false }), /locked/);
  assert.throws(() => service.openHint("locked", 1), /locked/);
});

test("the last right answer of a step without a goss file is its check", async () => {
  events.length = 0;
  for (const [step, quiz] of [
    ["one", "wrong"],
    ["with-goss", "right"],
    ["one", "right"],
  ] as const)
    await service.answerQuiz({ step, quiz, by: "student" }, { choices: [0] });
  assert.deepEqual(events, ["told one wrong", "told with-goss right", "told one right", "checked one for student"]);
});
