import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createAtelierCli } from "@atelier/testkit";

const goss = (path: string): string => `file:\n  ${path}:\n    exists: true\n    contents: ["done"]\n`;
const step = (title: string, path: string): string =>
  `title: ${title}\ncommands:\n  - run: printf 'done\\n' > ${path}\n    user: student\n`;
const quiz = (right: string): string =>
  `\`\`\`quiz\nquestion: Which?\noptions:\n  - { text: this, right: ${right === "this"} }\n  - { text: that, right: ${right === "that"} }\n\`\`\`\n`;

const workshop = {
  "workshop.yaml": `version: v1
workshop:
  name: walked
  version: "1.0.0"
  title: Walked
  parameters: [{ name: MARK, required: true }]
base: { image: "debian:12" }
steps: [typed, saved, helped, asked, silent, wrong]
`,
  // Two lines in one paste, a program in a terminal of its own that never ends, and one that is left out.
  "steps/typed/step.yaml": step("Typed", "~/typed"),
  "steps/typed/content.md":
    "```bash\ncd /tmp\necho {{ MARK }} > ~/typed\n```\n\n```bash {terminal=own}\nsleep 600\n```\n\n```bash {terminal=own interrupt}\necho again; sleep 600\n```\n\n```bash no-walk\nrm ~/typed\n```\n",
  "steps/typed/goss.yaml": goss("/home/student/typed"),
  "steps/saved/step.yaml": step("Saved", "~/saved"),
  "steps/saved/content.md": "```text save=~/saved mode=0600\ndone\n```\n",
  "steps/saved/goss.yaml": goss("/home/student/saved"),
  "steps/helped/step.yaml": step("Helped", "~/helped"),
  "steps/helped/content.md": `Find out by yourself.\n\n${quiz("this")}`,
  "steps/helped/solve.md": "```console\n$ echo $MARK > ~/helped\nand this is output\n```\n",
  "steps/helped/goss.yaml": goss("/home/student/helped"),
  "steps/asked/step.yaml": "title: Asked\n",
  "steps/asked/content.md": `What do you think?\n\n${quiz("that")}`,
  "steps/silent/step.yaml": step("Silent", "~/silent"),
  "steps/silent/content.md": "Nothing to press here.\n",
  "steps/silent/goss.yaml": goss("/home/student/silent"),
  "steps/wrong/step.yaml": step("Wrong", "~/wrong"),
  "steps/wrong/content.md": "```bash\necho almost > ~/wrong\n```\n",
  "steps/wrong/goss.yaml": goss("/home/student/wrong"),
};

interface Report {
  readonly steps: readonly { readonly step: string; readonly verdict: string; readonly reason: string }[];
  readonly walks: readonly { readonly step: string; readonly verdict: string; readonly failures: readonly string[] }[];
}

test("the text of each step is done in a real terminal, and every question is answered wrongly, then rightly", async () => {
  await using atelier = await createAtelierCli();
  await atelier.write(workshop);
  const { code, stdout, stderr } = await atelier.run(
    "test",
    "--walk",
    "--keep-recordings",
    "kept",
    "--json",
    "--set",
    "MARK=done",
  );
  const { steps, walks } = JSON.parse(stdout) as Report;
  assert.deepEqual(
    steps.map((proof) => `${proof.step} ${proof.verdict}`),
    ["typed proved", "saved proved", "helped proved", "asked proved", "silent proved", "wrong proved"],
    stderr,
  );
  assert.deepEqual(
    walks.map((walk) => `${walk.step} ${walk.verdict} ${walk.failures.join("; ")}`.trim()),
    [
      "typed walked",
      "saved walked",
      "helped solved",
      "asked walked",
      "silent nothing",
      `wrong stuck ${walks.at(-1)?.failures.join("; ")}`,
    ],
    stderr,
  );
  assert.match(walks.at(-1)?.failures.join() ?? "", /wrong/);
  assert.equal(code, 1, "a step that is stuck fails the run");
  assert.deepEqual((await readdir(join(atelier.folder, "kept/typed"))).sort(), ["1.cast", "own.cast"]);
  const recording = await readFile(join(atelier.folder, "kept/typed/1.cast"), "utf8");
  assert.match(recording, /^\{"version":2,/);
  assert.match(recording, /echo done > ~\/typed/);
});
