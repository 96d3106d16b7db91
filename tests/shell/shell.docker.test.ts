import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { createAtelierCli, openWorkspace, readCases } from "@atelier/testkit";

interface UpgradeCase {
  readonly name: string;
  readonly origin?: string | null;
  readonly token?: string | null;
  readonly path?: string;
  readonly host?: string;
  readonly status: number;
}

/** Asks for every socket of the table, through the supervisor that the link leads to. */
const refuseUpgrades = async (link: URL): Promise<void> => {
  const token = link.searchParams.get("token") ?? "";
  const fill = (text: string): string =>
    text
      .replaceAll("{own}", link.origin)
      .replaceAll("{token}", token)
      .replaceAll("{host}", link.hostname)
      .replaceAll("{port}", link.port);
  const statusOf = (asked: UpgradeCase): Promise<number> =>
    new Promise((resolve, reject) => {
      const origin = asked.origin === undefined ? link.origin : asked.origin;
      const bearer = asked.token === undefined ? token : asked.token;
      const outgoing = request({
        host: "127.0.0.1",
        port: link.port,
        path: asked.path ?? "/api/terminals/1",
        headers: {
          Host: asked.host === undefined ? link.host : fill(asked.host),
          Connection: "Upgrade",
          Upgrade: "websocket",
          "Sec-WebSocket-Version": "13",
          "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
          ...(origin === null ? {} : { Origin: fill(origin) }),
          ...(bearer === null ? {} : { Authorization: `Bearer ${fill(bearer)}` }),
        },
      });
      outgoing.once("upgrade", (_answer, socket) => {
        socket.destroy();
        resolve(101);
      });
      outgoing.once("response", (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      outgoing.once("error", reject).end();
    });
  const [table] = readCases(new URL("cases/", import.meta.url));
  const cases = table?.value as readonly UpgradeCase[];
  const seen: string[] = [];
  for (const asked of cases) seen.push(`${asked.name}: ${await statusOf(asked)}`);
  assert.deepEqual(
    seen,
    cases.map(({ name, status }) => `${name}: ${status}`),
  );
};

test("the student's shell is only the student's, and a whole one", async () => {
  await using atelier = await createAtelierCli();
  await atelier.write({
    "w/workshop.yaml":
      'version: v1\nworkshop:\n  name: shell-test\n  version: "1"\n  title: Shell test\nbase:\n  containerFile: base/Containerfile\nsteps: [one]\n',
    "w/base/Containerfile":
      "FROM debian:12\nRUN apt-get update -qq && apt-get install -y -qq --no-install-recommends tmux git >/dev/null && mkdir -p /opt/tool/bin && printf '#!/bin/sh\\necho tool\\n' > /opt/tool/bin/tool && chmod +x /opt/tool/bin/tool && groupadd -g 2000 crew\nENV PATH=/opt/tool/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nENV FLAVOUR=plum\n",
    "w/steps/one/step.yaml": "title: One\ncommands:\n  - run: git init -q ~/repo\n    user: student\n",
    "w/steps/one/content.md": "# One\n",
    "w/steps/one/goss.yaml":
      'command:\n  git -C ~/repo status:\n    exit-status: 0\n  tool:\n    exit-status: 0\n    stdout: ["tool"]\n',
  });
  await atelier.succeed("build", "w");
  const { stdout } = await atelier.succeed("run", "atelier/shell-test:1-one");
  const client = await openWorkspace(stdout.trim());
  using terminal = await client.terminal();
  const says = async (command: string, expected: RegExp): Promise<void> =>
    assert.match(await terminal.run(command), expected, command);
  await says("id", /uid=1000\(student\) gid=1000\(student\) groups=1000\(student\)\r\n/);
  await says(
    "grep -E '^(Uid|Gid|Groups|CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs):' /proc/self/status | tr -s '\\t ' ' '",
    /Uid: 1000 1000 1000 1000\r\nGid: 1000 1000 1000 1000\r\nGroups: \r\nCapInh: 0+\r\nCapPrm: 0+\r\nCapEff: 0+\r\nCapAmb: 0+\r\nNoNewPrivs: 1\r\n/,
  );
  await says("echo x > /dev/stderr; echo y > /dev/tty; stat -c %U $(tty)", /x\r\ny\r\nstudent\r\n/);
  await says("tmux new-session -d -s t 'sleep 5' && tmux list-sessions", /t: 1 windows/);
  await says("cd ~/repo && git -c color.ui=never status --short --branch; cd", /## No commits yet on master/);
  await says("locale 2>&1 | head -n 1; printf 'é漢\\n' | wc -m", /LANG=C\.UTF-8\r\n[\s\S]*3\r\n/);
  await says("echo $PATH; tool; echo $FLAVOUR", /\/opt\/tool\/bin[^\r]*\r\ntool\r\nplum\r\n/);
  await says("echo $TERM; tput colors; pwd; hostname", /xterm-256color\r\n256\r\n\/home\/student\r\nshell-test/);
  await says("env | grep -iE 'atelier|token|node_' ; echo none", /\rnone\r\n/);
  await says(
    "cat /workshop/workshop.json /run/atelier/config.json /workshop/runtime/state-events.jsonl; ls /workshop/runtime",
    /(Permission denied[\s\S]*){4}/,
  );
  await says("cat /proc/1/environ | tr '\\0' '\\n' | grep -c . ", /Permission denied|^0/m);
  await says("kill -9 $(pgrep -f server/main.mjs || echo 7); echo still", /still/);
  assert.equal((await client.workspace()).boot.phase, "ready");
  await refuseUpgrades(new URL(stdout.trim()));
  const check = await client.check("one");
  assert.equal(check.outcome, "passed", JSON.stringify(check.assertions));
});

test("a check on a listening port passes on image N because onStart ran, and a failing onStart says why", async () => {
  await using atelier = await createAtelierCli();
  const workshop = (run: string): Readonly<Record<string, string>> => ({
    "w/workshop.yaml":
      'version: v1\nworkshop:\n  name: start-test\n  version: "1"\n  title: Start test\nbase:\n  containerFile: base/Containerfile\nsteps: [one]\n',
    "w/base/Containerfile":
      "FROM debian:12\nRUN apt-get update -qq && apt-get install -y -qq --no-install-recommends busybox >/dev/null\n",
    "w/steps/one/step.yaml": `title: One\nonStart:\n  - run: ${run}\n    user: student\n    background: true\n    ready: { port: 8000 }\n    timeout: 3s\n`,
    "w/steps/one/content.md": "# One\n",
    "w/steps/one/goss.yaml": "port:\n  tcp:8000:\n    listening: true\n",
  });
  await atelier.write(workshop("exec busybox httpd -f -p 127.0.0.1:8000"));
  const proof = await atelier.succeed("test", "w", "--json");
  assert.match(proof.stdout, /"verdict": "proved"/);
  await atelier.write(workshop("echo no such thing >&2; exit 7"));
  await atelier.succeed("build", "w");
  const { code, stdout, stderr } = await atelier.run("run", "atelier/start-test:1-one");
  assert.equal(code, 1);
  assert.match(stderr, /onStart command 1 \(steps\/one\/step\.yaml:3\) ended with exit code 7[\s\S]*\| no such thing/);
  const client = await openWorkspace(stdout.trim());
  assert.equal((await client.workspace()).boot.phase, "failed");
  using terminal = await client.terminal();
  assert.match(await terminal.run("echo the shell works"), /the shell works/);
});
