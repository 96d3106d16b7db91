import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createAtelierCli, openWorkspace } from "@atelier/testkit";

test("dev: an edited text is on the page without a build, a mistake is shown with its line, a recipe moves the workspace", async (t) => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "live");
  const file = (path: string): string => join(atelier.folder, "live/steps/first-file", path);
  const dev = atelier.start("dev", "live");
  const said = { out: "", err: "" };
  dev.stdout?.on("data", (data: Buffer) => {
    said.out += data.toString("utf8");
  });
  dev.stderr?.on("data", (data: Buffer) => {
    said.err += data.toString("utf8");
  });
  const until = async <T>(look: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> => {
    for (const started = performance.now(); performance.now() - started < 120_000; await sleep(25)) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    }
    throw new Error(`${what} did not come; dev said:\n${said.err}`);
  };
  try {
    await until(() => said.err.includes("Watching") || undefined, "the watching");
    const client = await openWorkspace(said.out.trim());
    const page = async (): Promise<string> => (await client.get("/api/steps/first-file")).text;

    const started = performance.now();
    await writeFile(file("content.md"), "# Changed\n\nThis was written a moment ago.\n");
    await until(async () => (await page()).includes("written a moment ago") || undefined, "the new text");
    t.diagnostic(`from the editor to the page: ${Math.round(performance.now() - started)} ms`);
    assert.doesNotMatch(said.err, /moved to it/, "nothing was built");

    await writeFile(file("step.yaml"), "title: [oops\n");
    const mistakes = await until(async () => {
      const { diagnostics } = (await client.workspace()) as { diagnostics?: { place: string }[] };
      return diagnostics?.find(({ place }) => place.startsWith("steps/first-file/step.yaml:"));
    }, "the mistake");
    assert.match(mistakes.place, /step\.yaml:\d+:\d+$/);

    await writeFile(file("step.yaml"), "title: Rebuilt\ncommands:\n  - run: echo built > /etc/built\n");
    await until(() => said.err.includes("live moved to it") || undefined, "the new build");
    const { steps, diagnostics = [] } = (await (await openWorkspace(said.out.trim())).workspace()) as {
      steps: { title: string }[];
      diagnostics?: unknown[];
    };
    assert.equal(steps[0]?.title, "Rebuilt");
    assert.deepEqual(
      diagnostics.filter((each) => (each as { severity: string }).severity === "error"),
      [],
    );
  } finally {
    const ended = new Promise((resolve) => dev.once("exit", resolve));
    dev.kill("SIGINT");
    await ended;
  }
});
