import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { type AtelierCli, createAtelierCli, openWorkspace } from "@atelier/testkit";
import { containersOf, killSupervisor } from "./swap-workshop.ts";

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8" }).trim();
/** Of the only workspace there is. */
const containerOf = (atelier: AtelierCli): string => {
  const all = containersOf(atelier);
  assert.equal(all.length, 1);
  return all[0] ?? "";
};
const get = (host: string, path: string, cookie = ""): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port: host.split(":")[1],
        path,
        agent: false,
        headers: { Host: host, Cookie: cookie, Accept: "text/html" },
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (data: string) => {
          text += data;
        });
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    outgoing.once("error", reject).end();
  });
const until = async (look: () => Promise<boolean>, what: string): Promise<void> => {
  for (const end = performance.now() + 15_000; !(await look().catch(() => false)); await sleep(50))
    assert.ok(performance.now() < end, `not within 15 s: ${what}`);
};

test("the link stays the same over stop, start, docker stop, docker start and a killed supervisor", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "mine");
  const url = (await atelier.succeed("run", "mine")).stdout.trim();
  const { host } = new URL(url);
  {
    using terminal = await (await openWorkspace(url)).terminal();
    await terminal.run("echo kept > ~/kept.txt");
  }
  await atelier.succeed("stop", "mine");
  const page = await get(host, "/");
  assert.equal(page.status, 503);
  assert.match(page.text, /atelier start mine/, "a stale bookmark names the command");
  assert.equal((await atelier.succeed("start", "mine")).stdout.trim(), url);
  await killSupervisor(atelier);
  assert.equal((await atelier.succeed("open", "mine", "--print")).stdout.trim(), url);
  const container = containerOf(atelier);
  docker("stop", container);
  await until(async () => (await get(host, "/")).status === 503, "the page says that it is stopped");
  docker("start", container);
  await until(async () => (await get(host, "/api/boot")).text.includes('"ready"'), "it is ready again");
  using terminal = await (await openWorkspace(url)).terminal();
  assert.match(await terminal.run("cat ~/kept.txt"), /kept/);
  const settings = JSON.parse(
    docker("inspect", "--format", '{{index .Config.Labels "dev.atelier.settings"}}', container),
  ) as { port: number };
  assert.equal((await get(`127.0.0.1:${settings.port}`, "/")).status, 200, "and so for a browser without *.localhost");
});

test("a preview shows a server that listens on the container's loopback only, to whoever is logged in", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "mine");
  const url = (await atelier.succeed("run", "mine")).stdout.trim();
  const { host } = new URL(url);
  const client = await openWorkspace(url);
  using terminal = await client.terminal();
  const program = `require("http").createServer((q,r)=>r.end("host "+q.headers.host+" path "+q.url)).listen(3000,"127.0.0.1")`;
  await terminal.run(`echo '${program}' > /tmp/s.js; /opt/atelier/bin/node /tmp/s.js & sleep 0.1`);
  assert.equal((await get(`p3000.${host}`, "/a?b")).status, 401);
  await until(async () => (await get(`p3000.${host}`, "/a?b", client.cookie)).status === 200, "the program listens");
  assert.equal((await get(`p3000.${host}`, "/a?b", client.cookie)).text, "host localhost:3000 path /a?b");
  assert.match((await get(`p3001.${host}`, "/", client.cookie)).text, /Nothing listens on port 3001 yet/);
  assert.equal((await get(`p7681.${host}`, "/", client.cookie)).status, 404);
});

test("--ttl ends it and keeps it; extend moves the end", async () => {
  await using atelier = await createAtelierCli({ ATELIER_SUPERVISOR_TICK: "0.5" });
  await atelier.succeed("init", "mine");
  const bad = await atelier.run("run", "mine", "--ttl", "soon");
  assert.deepEqual([bad.code, bad.stdout], [2, ""]);
  await atelier.succeed("run", "mine", "--ttl", "8s");
  const extended = await atelier.succeed("extend", "mine", "--by", "3s", "--json");
  const { deadline } = JSON.parse(extended.stdout) as { deadline: string };
  const stateOf = async (): Promise<string | undefined> =>
    (JSON.parse((await atelier.succeed("list", "--json")).stdout) as { state: string }[])[0]?.state;
  assert.equal(await stateOf(), "running");
  await until(async () => (await stateOf()) === "stopped", "it stops");
  assert.ok(Date.now() >= Date.parse(deadline), "not before its time");
  // The container has ended a moment before it is written down for how long it is kept.
  let kept: string | undefined;
  await until(async () => {
    const [listed] = JSON.parse((await atelier.succeed("list", "--json")).stdout) as { retainUntil?: string }[];
    kept = listed?.retainUntil;
    return kept !== undefined;
  }, "it says how long it is kept");
  const days = (Date.parse(kept ?? "") - Date.now()) / 86_400_000;
  assert.ok(days > 6.9 && days <= 7, `kept for ${days} days`);
  await atelier.succeed("start", "mine");
  assert.equal(await stateOf(), "running");
});

test("a second run after an edit goes on in the old build, or begins afresh when that is said", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "mine");
  const url = (await atelier.succeed("run", "mine")).stdout.trim();
  {
    using terminal = await (await openWorkspace(url)).terminal();
    await terminal.run("echo kept > ~/kept.txt");
  }
  const page = join(atelier.folder, "mine/steps/greet/content.md");
  await writeFile(page, `${await readFile(page, "utf8")}\nA new sentence.\n`);
  const before = containerOf(atelier);
  const second = await atelier.succeed("run", "mine");
  assert.match(second.stderr, /was edited since the workspace "mine" was made; "mine" goes on with its old build/);
  assert.deepEqual([second.stdout.trim(), containerOf(atelier)], [url, before]);
  const fresh = (await atelier.succeed("run", "mine", "--on-edit", "fresh")).stdout.trim();
  assert.notEqual(containerOf(atelier), before);
  using terminal = await (await openWorkspace(fresh)).terminal();
  assert.match(await terminal.run("ls ~/kept.txt"), /No such file|cannot access/);
});
