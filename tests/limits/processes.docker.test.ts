import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createAtelierCli, openWorkspace, type TerminalClient } from "@atelier/testkit";

/** Starts programs until the system has none left for them. */
const useUp = async (terminal: TerminalClient): Promise<void> => {
  terminal.type("while :; do sleep 600 & done\n");
  await terminal.waitFor(/Resource temporarily unavailable/, 60_000);
};

test("a student without a process left gets a shell, a check and a reset all the same; what onStart started goes before the server", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "full");
  const made = await readFile(join(atelier.folder, "full/workshop.yaml"), "utf8");
  const base = /^base:.*\n(?: .*\n)*/m.exec(made)?.[0] ?? "";
  await atelier.write({
    "full/.atelierignore": "steps/first-file\nsteps/greet\n",
    "full/workshop.yaml": `version: v1
workshop:
  name: full
  version: 1.0.0
  title: Full
  onStart:
    - run: exec sleep 4242
      background: true
${base}steps: [one]
`,
    "full/steps/one/step.yaml": "title: One\n",
    "full/steps/one/content.md": "# One\n",
    "full/steps/one/goss.yaml": "command:\n  'id -un':\n    exit-status: 0\n    stdout: [student]\n",
    "few.yaml": `apiVersion: atelier.dev/v1alpha1
kind: WorkspaceTemplate
metadata: { name: few }
spec: { resources: { container: { pids: 64 } } }
`,
  });
  const client = await openWorkspace((await atelier.succeed("run", "full", "--template", "few.yaml")).stdout.trim());
  using first = await client.terminal();
  const score = "cat /dev/null $(grep -l '424[2]' /proc/[0-9]*/cmdline | sed s/cmdline/oom_score_adj/)";
  assert.match(await first.run(score, 20_000), /^500$/m);

  const openTerminal = async (): Promise<TerminalClient> => {
    const { status, text } = await client.post("/api/terminals", {});
    assert.equal(status, 201, text);
    return client.terminal((JSON.parse(text) as { name: string }).name);
  };
  await useUp(first);
  using second = await openTerminal();
  assert.match(await second.run("echo still $((40 + 2))", 20_000), /still 42/);

  await useUp(second);
  const { outcome, cause } = await client.check("one");
  assert.deepEqual([outcome, cause], ["passed", undefined]);

  // Its button as well: the page asks for it from the server that has no process left. In a terminal of its own:
  // the second one's shell may be among what the check has ended.
  using third = await openTerminal();
  await useUp(third);
  const before = (await client.workspace()).undo;
  const asked = await client.post("/api/requests", { kind: "reset", step: "one", confirmed: true });
  assert.equal(asked.status, 202, asked.text);
  const isReset = async (): Promise<boolean> => {
    const { undo, boot } = await client.workspace();
    return boot.phase === "ready" && undo?.reason === "reset" && undo.at !== before?.at;
  };
  for (const end = performance.now() + 60_000; !(await isReset().catch(() => false)); await sleep(100))
    assert.ok(performance.now() < end, "nothing was reset within 60 s");
  using after = await client.terminal();
  // Of all those the one is left that onStart begins.
  const count = "grep -ls 'slee[p]' /proc/[0-9]*/cmdline | wc -l; echo still $((40 + 2))";
  assert.match(await after.run(count, 30_000), /^1\r\nstill 42/m);
});
