import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { connectEngine, findEndpoint } from "@atelier/backend-docker";
import { commandRecordSchema, createCastDecoder } from "@atelier/contract";
import { createAtelierCli, openWorkspace, readRecords, readRuntimeFile } from "@atelier/testkit";
import { recordingOff, recordingWorkshop } from "./recording-workshop.ts";
import { compareWithDocs, tamper } from "./tamper.ts";

test("the docs list exactly what the cases show to be unseen", compareWithDocs);

test("what a student does against the log is prevented or flagged, recordings play in asciinema, off is off", async (t) => {
  await using atelier = await createAtelierCli();
  await atelier.write({ ...recordingWorkshop, "quiet.yaml": recordingOff });
  await atelier.succeed("build", "w");
  const { stdout } = await atelier.succeed("run", "atelier/recording-test:1-one", "--name", "loud");
  const client = await openWorkspace(stdout.trim());
  using engine = await connectEngine(await findEndpoint(process.env));
  const outputOf = (text: string): string => {
    const decoder = createCastDecoder();
    const items = decoder.push(text);
    assert.deepEqual([decoder.badLines, decoder.pending], [[], ""]);
    return items.map((item) => (item.kind === "event" && item.event.code === "o" ? item.event.data : "")).join("");
  };

  await t.test("a recording is exported as v2 and v3, and asciinema prints exactly what the terminal did", async () => {
    const { name } = JSON.parse((await client.post("/api/terminals", { name: "played" })).text) as { name: string };
    const terminal = await client.terminal(name);
    await terminal.run(
      "printf 'é漢🎉\\033[31mred\\033[0m\\t\\001\\177\\n'; printf '\\xff\\xfe\\n'; seq 2000; tput smcup; tput rmcup",
    );
    terminal.type("exit\n");
    await terminal.waitFor(/exit\r\n/, 30_000);
    const exported = await atelier.succeed("recording", "export", "loud", name);
    const shown = outputOf(exported.stdout);
    // A viewer gets a cleared screen first. Its decoder replaces what is no UTF-8 as the recorder does.
    assert.ok(
      terminal.output.endsWith(shown) && shown.includes("\n1999\r\n2000\r\n") && shown.includes("é漢🎉"),
      shown.slice(0, 500),
    );
    await atelier.succeed("recording", "export", "loud", name, "--format", "v3", "-o", "played.cast");
    assert.equal(outputOf(await readFile(join(atelier.folder, "played.cast"), "utf8")), shown);
    await atelier.write({ "v2.cast": exported.stdout });
    await atelier.succeed("cp", "v2.cast", "loud:/tmp/");
    using first = await client.terminal();
    // asciinema throws away what is typed while it changes the modes of its terminal: so nothing is.
    first.type("clear; asciinema cat /tmp/v2.cast > /tmp/played.txt\n");
    await first.waitFor(/\u001b\[\?2004l[\s\S]*\u001b\[\?2004h/, 120_000);
    await first.run("true", 60_000);
    await atelier.succeed("cp", "loud:/tmp/played.txt", "played.txt");
    assert.equal(await readFile(join(atelier.folder, "played.txt"), "utf8"), shown);
  });

  await t.test("every case of tampering is prevented, logged, flagged or documented", async (tampering) => {
    const [container] = await engine.listContainers(["dev.atelier.workspace=loud"]);
    assert.ok(container);
    const results = await tamper({ client, engine, containerId: container.Id });
    const count = Object.entries(Object.groupBy(results, ({ outcome }) => outcome));
    const slowest = Math.max(...results.map(({ flaggedAfterMs = 0 }) => flaggedAfterMs));
    tampering.diagnostic(
      `${results.length} cases: ${count.map(([outcome, own]) => `${own?.length} ${outcome}`).join(", ")}; flagged after at most ${slowest} ms`,
    );
    assert.ok(results.length >= 30);
    // The issue's own bound; the watches look once a second.
    assert.ok(slowest <= 5000, `flagged after ${slowest} ms`);
  });

  await t.test("a stopped workspace still gives its recordings", async () => {
    await atelier.succeed("stop", "loud");
    const { stdout: listed } = await atelier.succeed("recording", "list", "loud", "--json");
    const all = JSON.parse(listed) as { id: string; terminal: string; bytes: number }[];
    const own = all.find(({ terminal }) => terminal === "played");
    assert.ok(own && own.bytes > 10_000, listed);
    assert.match((await atelier.succeed("recording", "export", "loud", own.id)).stdout, /"version":2/);
    assert.match(
      (await atelier.run("recording", "export", "loud", "nothing")).stderr,
      /no recording "nothing"[\s\S]*One of: /,
    );
    const { stdout: shown } = await atelier.succeed("recording", "list", "loud");
    assert.match(shown, /RECORDING +TERMINAL +STARTED +LENGTH +COMMANDS +SIZE\n/);
  });

  await t.test("zsh reports every command as it was typed", async () => {
    const { stdout: link } = await atelier.succeed("run", "z", "--name", "zsh");
    const zsh = await openWorkspace(link.trim());
    using terminal = await zsh.terminal();
    const lines = [
      "echo \"a; b\" 'c\\d' $((1+1)) é漢🎉 | cat",
      "false",
      "for i in 1 2; do echo $i; done",
      " echo behind a space",
      "cd /tmp",
      ": $'\\a' \\#",
      "(exit 7)",
    ];
    await terminal.run("true", 60_000);
    for (const line of lines) await terminal.run(line, 60_000);
    const [container] = await engine.listContainers(["dev.atelier.workspace=zsh"]);
    assert.ok(container);
    const records = await readRecords(readRuntimeFile(engine, container.Id, "command-log.jsonl"), (value) =>
      commandRecordSchema.parse(value),
    );
    const own = records.filter(({ command }) => !/^(true$|printf '%s-%s)/.test(command));
    assert.deepEqual(
      own.map(({ command, exitCode, cwd, verified }) => [command, exitCode, cwd, verified]),
      lines.map((line, index) => [
        line,
        line === "false" ? 1 : line === "(exit 7)" ? 7 : 0,
        index > lines.indexOf("cd /tmp") ? "/tmp" : "/home/student",
        true,
      ]),
    );
  });

  await t.test("a template that records nothing leaves nothing, and says so to everyone", async () => {
    const { stdout: link } = await atelier.succeed(
      "run",
      "atelier/recording-test:1-one",
      "--name",
      "quiet",
      "--template",
      "quiet.yaml",
    );
    const quiet = await openWorkspace(link.trim());
    assert.deepEqual((await quiet.workspace()).recording, { commands: "off", terminal: "off" });
    using terminal = await quiet.terminal();
    await terminal.run("echo unrecorded");
    const { stdout: listed } = await atelier.succeed("recording", "list", "quiet", "--json");
    assert.deepEqual(JSON.parse(listed), []);
    assert.match(
      (await atelier.run("recording", "export", "quiet")).stderr,
      /has no recording[\s\S]*recording: \{ terminal: off \}/,
    );
    await atelier.succeed("cp", "quiet:/workshop/runtime", "runtime");
    await assert.rejects(readFile(join(atelier.folder, "runtime/command-log.jsonl")), { code: "ENOENT" });
  });
});
