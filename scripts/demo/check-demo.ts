import assert from "node:assert/strict";
import { openWorkspace } from "@atelier/testkit";
import type { Stages } from "./stages.ts";

/** What the demo's workshop expects of its first step: the commands that do it. */
export interface DemoStep {
  readonly id: string;
  readonly commands: readonly string[];
  /** A sentence of its page. */
  readonly page: RegExp;
}

/** Plays a student without a browser: reads, types, is told what is missing, does it, passes. */
export const checkDemo = async (url: string, step: DemoStep, { stage }: Stages): Promise<void> => {
  const client = await stage("the link logs in", () => openWorkspace(url));
  await stage("the page is served", async () => {
    const page = await client.get("/");
    assert.equal(page.status, 200);
    assert.match(page.text, /<div id="root">/);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page.text)?.[1];
    assert.ok(script, "the page names its script");
    assert.equal((await client.get(script)).status, 200);
  });
  await stage("the workshop's content is there", async () => {
    const workspace = await client.workspace();
    assert.equal(workspace.boot.phase, "ready");
    const view = JSON.parse((await client.get(`/api/steps/${step.id}`)).text) as { html: string };
    assert.match(view.html, step.page);
  });
  using terminal = await stage("the terminal opens a real shell", () => client.terminal());
  await stage("the terminal echoes and runs as the student", async () => {
    assert.match(await terminal.run("id -un; tty"), /student\r?\n\/dev\/pts\/\d+/);
  });
  await stage("the check fails before the step is done", async () => {
    const before = await client.check(step.id);
    assert.equal(before.outcome, "failed");
    assert.ok(before.assertions.some(({ status }) => status === "failed"));
  });
  await stage("the step is done in the terminal", async () => {
    for (const command of step.commands) await terminal.run(command);
  });
  await stage("the check passes", async () => {
    const after = await client.check(step.id);
    assert.equal(after.outcome, "passed", JSON.stringify(after.assertions));
    const workspace = await client.workspace();
    assert.equal(workspace.steps.find(({ id }) => id === step.id)?.state, "passed");
  });
};
