import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createAtelierCli, openWorkspace } from "@atelier/testkit";
import { docker } from "../transitions/look-at-workspace.ts";
import { reboot } from "../transitions/reboot.ts";
import { containersOf } from "../transitions/swap-workshop.ts";

test("from init to remove: a workspace keeps its link, files, variables and progress over stop, start and a reboot", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "mine");
  const folder = join(atelier.folder, "mine/workshop.yaml");
  const made = await readFile(folder, "utf8");
  await writeFile(folder, made.replace(/^workshop:\n/m, '$&  variables: [{ name: CITY, question: "Which city?" }]\n'));
  await atelier.succeed("validate", "mine");
  const first = await atelier.succeed("run", "mine");
  const url = first.stdout.trim();
  assert.match(url, /^http:\/\/mine\.localhost:\d+\/login\?token=[A-Za-z0-9_-]{43}$/);
  {
    const client = await openWorkspace(url);
    using terminal = await client.terminal();
    assert.equal((await client.check("first-file")).outcome, "failed");
    assert.equal((await client.post("/api/variables", { CITY: "Bern" })).status, 204);
    await terminal.run("echo hello > hello.txt; echo kept > ~/other.txt");
    assert.equal((await client.check("first-file")).outcome, "passed");
  }
  const listed = JSON.parse((await atelier.succeed("list", "--json")).stdout) as { name: string; state: string }[];
  assert.deepEqual(
    listed.map(({ name, state }) => [name, state]),
    [["mine", "running"]],
  );
  await atelier.succeed("stop", "mine");
  assert.match((await atelier.succeed("list")).stdout, /mine\s+stopped/);
  const again = [
    ["a second run", () => atelier.succeed("run", "mine")],
    ["a start after the machine died", () => reboot(atelier).then(() => atelier.succeed("start", "mine"))],
    ["a run after the machine died", () => reboot(atelier).then(() => atelier.succeed("run", "mine"))],
  ] as const;
  for (const [how, comeBack] of again) {
    assert.equal((await comeBack()).stdout.trim(), url, `${how} goes on with the same link`);
    const client = await openWorkspace(url);
    const { steps, variables } = await client.workspace();
    assert.deepEqual(
      variables?.map(({ name, value }) => [name, value]),
      [["CITY", "Bern"]],
      how,
    );
    assert.deepEqual(
      steps.map(({ id, state }) => [id, state]),
      [
        ["first-file", "passed"],
        ["greet", "open"],
      ],
      how,
    );
    using terminal = await client.terminal();
    assert.match(await terminal.run("cat ~/hello.txt ~/other.txt", 20_000), /hello\r\nkept/, how);
    assert.match(terminal.output, /The shell was restarted at/, `${how}: the last screen is there as scrollback`);
  }
  await writeFile(join(atelier.folder, "in.txt"), "from outside");
  await atelier.succeed("cp", "in.txt", "mine:/home/student/");
  await atelier.succeed("cp", "mine:other.txt", "out.txt");
  assert.equal(await readFile(join(atelier.folder, "out.txt"), "utf8"), "kept\n");
  {
    const client = await openWorkspace(url);
    using terminal = await client.terminal();
    assert.match(await terminal.run("stat -c %U in.txt; cat in.txt"), /student\r\nfrom outside/);
  }
  assert.match((await atelier.succeed("logs", "mine")).stdout, /"event":"boot.phase","phase":"ready"/);
  await atelier.succeed("remove", "mine", "--yes");
  assert.deepEqual(JSON.parse((await atelier.succeed("list", "--json")).stdout), []);
});

test("who gets another container because theirs was removed reads what is back and what is not, until they move", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "mine");
  const url = (await atelier.succeed("run", "mine")).stdout.trim();
  const lost = async (): Promise<readonly string[]> =>
    (await (await openWorkspace(url)).workspace()).notices
      .filter(({ code }) => code === "container-lost")
      .map(({ cause, remedy }) => `${cause} ${remedy}`);
  {
    using terminal = await (await openWorkspace(url)).terminal();
    await terminal.run("echo kept > ~/kept.txt; echo gone > /tmp/gone.txt");
  }
  await atelier.succeed("stop", "mine");
  await atelier.succeed("start", "mine");
  assert.deepEqual(await lost(), [], "its own container has come back");
  const stopped = containersOf(atelier);
  await atelier.succeed("stop", "mine");
  docker("rm", ...stopped);
  const started = await atelier.succeed("start", "mine");
  assert.match(started.stderr, /container of mine was gone; this is another one/);
  assert.match(
    (await lost()).join(),
    /is back as it was saved last\. Not back: what you changed outside \/home\/student /,
  );
  {
    using terminal = await (await openWorkspace(url)).terminal();
    assert.match(await terminal.run("cat ~/kept.txt /tmp/gone.txt", 20_000), /kept\r\n[\s\S]*No such file/);
    assert.match(
      terminal.output,
      /The container before is gone, this is another one;[\s\S]*Not along: what you changed/,
    );
  }
  await atelier.succeed("reset", "mine");
  assert.deepEqual(await lost(), []);
});

test("an image runs without any folder, and a step can be chosen", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "alone", "--title", "Alone");
  await atelier.succeed("build", "alone");
  const byImage = await atelier.succeed("run", "atelier/alone:0.1.0-start", "--name", "by-image");
  const client = await openWorkspace(byImage.stdout.trim());
  assert.equal((await client.workspace()).workshop.title, "Alone");
  const solved = await atelier.succeed("run", "atelier/alone:0.1.0-greet", "--name", "solved");
  using terminal = await (await openWorkspace(solved.stdout.trim())).terminal();
  assert.match(await terminal.run("~/bin/greet you; cat hello.txt"), /hello, you\r\nhello/);
  const second = await atelier.succeed("run", "alone", "--step", "greet", "--new", "--name", "second");
  using there = await (await openWorkspace(second.stdout.trim())).terminal();
  assert.match(await there.run("ls -A ~; cat hello.txt"), /hello\.txt[\s\S]*hello/);
  assert.doesNotMatch(await there.run("ls ~/bin"), /greet\r/);
  const wrong = await atelier.run("run", "alone", "--step", "nonsense", "--new", "--name", "third");
  assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
  assert.match(wrong.stderr, /There is no step "nonsense"[\s\S]*first-file, greet/);
});

test("parameters are given, checked all at once, and secrets never reach labels or the list", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "asks");
  const file = join(atelier.folder, "asks/workshop.yaml");
  const text = await readFile(file, "utf8");
  await writeFile(
    file,
    text.replace(
      "  navigation: linear\n",
      '  navigation: linear\n  parameters:\n    - { name: CITY, description: Where you live, required: true, pattern: "[A-Z][a-z]+" }\n    - { name: TOKEN, description: A token, required: true, secret: true }\n',
    ),
  );
  const refused = await atelier.run("run", "asks", "--set", "CITY=berlin");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /"CITY" does not match[\s\S]*"TOKEN" is needed \(A token\): --secret TOKEN=<file>/);
  assert.deepEqual(JSON.parse((await atelier.succeed("list", "--json")).stdout), []);
  await writeFile(join(atelier.folder, "token.txt"), "canary-5d1e\n");
  const { stdout } = await atelier.succeed("run", "asks", "--set", "CITY=Berlin", "--secret", "TOKEN=token.txt");
  using terminal = await (await openWorkspace(stdout.trim())).terminal();
  assert.match(await terminal.run("echo $CITY"), /Berlin/);
  await reboot(atelier);
  await atelier.succeed("start", "asks");
  using after = await (await openWorkspace(stdout.trim())).terminal();
  const has = 'echo $CITY; [ "$TOKEN" = canary-5d1e ] && echo "has the token"';
  assert.match(await after.run(has, 20_000), /Berlin\r\nhas the token\r/);
  const { execFileSync } = await import("node:child_process");
  const inspected = execFileSync("docker", ["ps", "-aq", "--filter", "label=dev.atelier.workspace=asks"], {
    encoding: "utf8",
  });
  const labels = execFileSync("docker", ["inspect", ...inspected.trim().split("\n")], { encoding: "utf8" });
  assert.equal(labels.includes("canary-5d1e"), false);
});
