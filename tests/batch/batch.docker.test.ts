import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createAtelierCli, openWorkspace } from "@atelier/testkit";

const canary = "canary-value-4711-wren";
const serve = (port: number): string =>
  `require("http").createServer((q, a) => { console.log("asked " + q.url); a.end(process.env.GREETING + "\\n") }).listen(${port}, () => console.log("listens"))`;
const service = (name: string, more: string): string => `    - name: ${name}
      from: workshop
      command: [/opt/atelier/bin/node, -e, '${serve(8080)}']
      env: { GREETING: "hello of ${name}" }
      ports: [8080]
      ready: { port: 8080 }
${more}`;
const workshop = {
  "w/workshop.yaml": `version: v1
workshop:
  name: shop
  version: "1"
  title: A shop with services
  parameters:
    - { name: CITY, required: true }
    - { name: TOKEN, secret: true, required: true }
  onStart:
    - run: 'test -n "$TOKEN" && test "$CITY" = Bern && : > /var/tmp/had-both'
base: { image: "debian:12" }
infrastructure:
  services:
${service("api", "      onReset: restart\n")}${service("store", "      onReset: keep\n")}steps: [one]
`,
  "w/steps/one/step.yaml": "title: One\ncheck: { auto: true }\n",
  "w/steps/one/content.md": "# One\n",
  "w/steps/one/goss.yaml":
    'command:\n  printenv CITY; cat ~/said:\n    exit-status: 0\n    stdout: [Bern, "hello of api"]\nfile:\n  /var/tmp/had-both: { exists: true }\n',
  "token.txt": `${canary}\n`,
};

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8" });

test("a batch: its own networks, services by name, a secret in no wrong place, checked by itself, gone at once", async () => {
  await using atelier = await createAtelierCli();
  await atelier.write(workshop);
  const missing = await atelier.run("run", "w", "--count", "2", "--name", "pair");
  assert.equal(missing.code, 2, missing.stderr);
  assert.match(missing.stderr, /"CITY" is needed.*--set CITY=<value>\n.*"TOKEN" is needed.*--secret TOKEN=<file>/);
  const many = await atelier.run("run", "w", "--count", "51");
  assert.match(many.stderr, /at most 50 workspaces at once, because all of them share this one machine/);

  const given = ["--set", "CITY=Bern", "--secret", "TOKEN=token.txt"];
  const { stdout } = await atelier.succeed("run", "w", "--count", "2", "--name", "pair", ...given, "--json");
  const { workspaces } = JSON.parse(stdout) as { workspaces: { name: string; url: string; phase: string }[] };
  assert.deepEqual(
    workspaces.map(({ name, phase }) => [name, phase]),
    [
      ["pair-01", "ready"],
      ["pair-02", "ready"],
    ],
  );
  const listed = JSON.parse((await atelier.succeed("list", "--json")).stdout) as { name: string; batch: string }[];
  assert.deepEqual(
    listed.map(({ name, batch }) => [name, batch]),
    [
      ["pair-01", "pair"],
      ["pair-02", "pair"],
    ],
  );
  const table = (await atelier.succeed("list")).stdout;
  assert.match(table, /^NAME +BATCH +STATE .*\npair-01 +pair +running .*\npair-02 +pair +running /);
  const again = await atelier.run("run", "w", "--count", "2", "--name", "pair", ...given);
  assert.match(again.stderr, /of a batch "pair" already: pair-01, pair-02/);

  const stateId = readFileSync(join(atelier.stateDirectory, "id"), "utf8").trim();
  const own = `label=dev.atelier.state=${stateId}`;
  const subnets = docker(
    "network",
    "inspect",
    "--format",
    "{{(index .IPAM.Config 0).Subnet}}",
    ...docker("network", "ls", "-q", "--filter", own).trim().split("\n"),
  );
  assert.match(subnets, /^(198\.1[89]\.\d+\.\d+\/28\n){2}$/);

  const client = await openWorkspace(workspaces[0]?.url ?? "");
  await client.post("/api/steps/one/enter");
  {
    using terminal = await client.terminal();
    const ask =
      "exec 3<>/dev/tcp/api/8080; printf 'GET /from-student HTTP/1.0\\r\\n\\r\\n' >&3; grep hello <&3 | tee ~/said";
    await terminal.run(ask, 30_000);
    assert.match(await terminal.run('test -n "$TOKEN" && echo had-token', 30_000), /had-token/);
    await terminal.run(`echo ${canary} > /dev/null`, 30_000);
  }
  // Nobody presses the button: the check runs by itself and passes.
  for (let waited = 0; (await client.workspace()).steps[0]?.state !== "passed"; waited += 500) {
    assert.ok(waited < 150_000, "the check did not run by itself");
    await sleep(500);
  }
  const log = (await atelier.succeed("logs", "pair-01", "--service", "api")).stdout;
  assert.match(log, /listens[\s\S]*asked \/from-student/);
  assert.doesNotMatch((await atelier.succeed("logs", "pair-02", "--service", "api")).stdout, /from-student/);
  assert.match((await atelier.run("logs", "pair-01", "--service", "nobody")).stderr, /Its services: api, store/);

  // Every place where the value must not be: what the engine tells, logs, the volume, other processes, answers.
  const [main = ""] = docker(
    "ps",
    "-q",
    "--filter",
    own,
    "--filter",
    "label=dev.atelier.workspace=pair-01",
    "--filter",
    "label=dev.atelier.role=workspace",
  )
    .trim()
    .split("\n");
  const everything = docker("ps", "-aq", "--filter", own).trim().split("\n");
  assert.doesNotMatch(docker("inspect", ...everything), new RegExp(canary));
  assert.doesNotMatch(
    docker("history", "--no-trunc", docker("inspect", "--format", "{{.Image}}", main).trim()),
    new RegExp(canary),
  );
  for (const id of everything) assert.doesNotMatch(docker("logs", id), new RegExp(canary));
  const inside = (script: string): string => docker("exec", "-u", "0", main, "/bin/sh", "-c", script);
  assert.equal(inside(`grep -rlF ${canary} /workshop /etc /var /tmp /root 2>/dev/null || true`), "");
  const holders = inside(
    `for p in /proc/[0-9]*; do if tr '\\0' '\\n' < $p/environ 2>/dev/null | grep -qF ${canary}; then stat -c %U $p; fi; done | sort -u`,
  );
  assert.match(holders, /^(student\n)?$/, "only the student's own processes know it");
  assert.doesNotMatch(inside("cat /proc/[0-9]*/cmdline | tr '\\0' ' '"), new RegExp(`(?<!-lF |-qF )${canary}`));
  for (const path of ["/api/workspace", "/api/steps/one", "/api/checkpoints", "/api/terminals"])
    assert.doesNotMatch((await client.get(path)).text, new RegExp(canary), path);

  const idOf = (name: string): string =>
    docker(
      "ps",
      "-q",
      "--no-trunc",
      "--filter",
      own,
      "--filter",
      "label=dev.atelier.workspace=pair-01",
      "--filter",
      `label=dev.atelier.service=${name}`,
    ).trim();
  const before = { api: idOf("api"), store: idOf("store") };
  await atelier.succeed("reset", "pair-01", "--yes");
  const after = { api: idOf("api"), store: idOf("store") };
  assert.notEqual(after.api, before.api, "onReset: restart begins anew");
  assert.equal(after.store, before.store, "onReset: keep stays");

  await atelier.succeed("stop", "pair");
  assert.equal(docker("ps", "-q", "--filter", own), "", "services stop with their workspaces");
  await atelier.succeed("remove", "pair", "--yes");
  assert.equal(docker("ps", "-aq", "--filter", own), "");
  assert.equal(docker("network", "ls", "-q", "--filter", own), "");
  assert.equal(docker("volume", "ls", "-q", "--filter", own), "");
});
