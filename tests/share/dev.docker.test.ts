import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createAtelierCli, openWorkspace } from "@atelier/testkit";

test("dev: it begins with a broken folder, an edited text is on the page without a build, mistakes and failed builds are shown with their line, a recipe moves the workspace", async (t) => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "live");
  const file = (path: string): string => join(atelier.folder, "live/steps/first-file", path);
  const recipe = await readFile(file("step.yaml"), "utf8");
  await writeFile(file("step.yaml"), `${recipe}  - run: [oops\n`);
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
    await until(() => /step\.yaml:\d+:\d+ error/.test(said.err) || undefined, "the first mistake");
    await until(() => said.err.includes("it starts when this is mended") || undefined, "the waiting");
    await writeFile(file("step.yaml"), `${recipe}  - run: exit 9\n`);
    await until(
      () => /exit code 9 \(steps\/first-file\/step\.yaml:\d+\)/.test(said.err) || undefined,
      "the failed build",
    );
    assert.equal(said.out, "", "nothing was started");
    await writeFile(file("step.yaml"), recipe);
    await until(() => said.err.includes("and the workspace goes on") || undefined, "the watching");
    const client = await openWorkspace(said.out.trim());
    const page = async (): Promise<string> => (await client.get("/api/steps/first-file")).text;

    const started = performance.now();
    await writeFile(file("content.md"), "# Changed\n\nThis was written a moment ago.\n");
    await until(async () => (await page()).includes("written a moment ago") || undefined, "the new text");
    t.diagnostic(`from the editor to the page: ${Math.round(performance.now() - started)} ms`);
    assert.doesNotMatch(said.err, /moved to it/, "nothing was built");

    await writeFile(file("step.yaml"), "title: [oops\n");
    const shown = (message: RegExp) =>
      until(async () => {
        const { diagnostics } = (await client.workspace()) as { diagnostics?: { place: string; message: string }[] };
        return diagnostics?.find((each) => message.test(each.message))?.place;
      }, String(message));
    assert.match(await shown(/./), /^steps\/first-file\/step\.yaml:\d+:\d+$/);
    await writeFile(file("step.yaml"), "title: Rebuilt\n\ncommands:\n  - run: exit 8\n");
    assert.match(await shown(/exit code 8/), /^steps\/first-file\/step\.yaml:4:\d+$/);
    assert.doesNotMatch(said.err, /moved to it/, "nothing could be built");

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
