import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { connectEngine, findEndpoint } from "@atelier/backend-docker";
import { createAtelierCli, fakeAnswer, openWorkspace, startFakeLlmProvider } from "@atelier/testkit";

const key = "canary-key-0123456789abcdef";

const template = (port: number, more = ""): string => `apiVersion: atelier.dev/v1alpha1
kind: WorkspaceTemplate
metadata: { name: class }
spec:
  help:
    provider: openai-compatible
    endpoint: http://host.docker.internal:${port}/v1
    model: fake-1
    keyFrom: { file: key.txt }
    limits: { perMinute: 3, spend: 1 }
    price: { input: 1, output: 1 }
${more}`;

test("a template's provider answers in a workspace, and its key is nowhere in the student's reach", async () => {
  await using provider = await startFakeLlmProvider("0.0.0.0");
  provider.behaviour = "echoes-key";
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "mine");
  await atelier.write({ "class.yaml": template(provider.port), "key.txt": `${key}\n` });
  const { stdout, stderr } = await atelier.succeed("run", "mine", "--template", "class.yaml");
  const client = await openWorkspace(stdout.trim());
  assert.deepEqual((await client.workspace()).llm, { provider: "openai-compatible", model: "fake-1" });
  using terminal = await client.terminal();
  await terminal.run("export API_KEY=abcdef123456; ls missing.txt");
  const question = { question: "What is missing?", level: "hints" };
  const answer = await client.post("/api/steps/first-file/ask", question);
  assert.equal(answer.status, 200);
  assert.match(answer.text, /event: start\n.*event: end\ndata: {"outcome":"answered"}/s);
  const [request] = provider.requests;
  assert.equal(request?.headers.authorization, `Bearer ${key}`);
  const sent = JSON.stringify(request?.body);
  assert.match(sent, /ls missing\.txt/);
  assert.match(sent, /API_KEY=\[redacted\]/);
  provider.behaviour = "normal";
  assert.ok(
    (await client.post("/api/steps/first-file/ask", question)).text.includes(JSON.stringify(fakeAnswer.slice(0, 5))),
  );
  const context = await client.get("/api/steps/first-file/help/context?level=hints");

  // Everything the student can read, and everything that is kept.
  const seen = await terminal.run(
    `cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -c "canary[-]key"; env | grep -c "canary[-]key"; cat /run/atelier/help.key; grep -rs "canary[-]key" /home /tmp /run /workshop /etc | wc -l`,
  );
  assert.match(seen, /^0\r?\n0\r?$/m);
  assert.match(seen, /Permission denied/);
  assert.doesNotMatch(seen, new RegExp(key));
  const engine = await connectEngine(await findEndpoint(process.env));
  try {
    const [container] = await engine.listContainers(["dev.atelier.workspace=mine"]);
    const inspected = await engine.inspectContainer(container?.Id ?? "");
    const files = await engine.exec(container?.Id ?? "", {
      argv: ["/bin/sh", "-c", "cat /workshop/runtime/*.jsonl /workshop/runtime/*.cast"],
      user: "0:0",
    });
    const history = files.stdout.split("\n").filter((line) => line.includes('"type":"exchange"'));
    assert.equal(history.length, 2, "one record an exchange");
    const logs = await atelier.succeed("logs", "mine");
    for (const text of [
      JSON.stringify(inspected),
      files.stdout,
      logs.stdout,
      stdout,
      stderr,
      answer.text,
      context.text,
      terminal.output,
    ])
      assert.ok(!text.includes(key), "the key is in nothing that is kept or shown");
  } finally {
    engine[Symbol.dispose]();
  }
  // After a restart the key is there again.
  await atelier.succeed("stop", "mine");
  await atelier.succeed("start", "mine");
  const again = await openWorkspace(stdout.trim());
  assert.equal((await again.post("/api/steps/first-file/ask", question)).status, 200);
  assert.equal(provider.requests.at(-1)?.headers.authorization, `Bearer ${key}`);
  // However long all that took: of four in a row a minute takes three at most.
  const more = [];
  for (let asked = 0; asked < 3; asked++) more.push(await again.post("/api/steps/first-file/ask", question));
  const refused = more.find(({ status }) => status === 429);
  assert.ok(Number(refused?.headers["retry-after"]) > 0, more.map(({ status }) => status).join());
  await atelier.succeed("remove", "mine", "--yes");
  const kept = await readdir(join(atelier.stateDirectory, "private"));
  assert.deepEqual(kept, [], "the key goes with the workspace");
  for (const file of await readdir(join(atelier.stateDirectory, "records")))
    assert.ok(!(await readFile(join(atelier.stateDirectory, "records", file), "utf8")).includes(key));
});

test("without a provider the route says so, and a key within reach of root needs a word of acceptance", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "mine");
  const { stdout } = await atelier.succeed("run", "mine");
  const client = await openWorkspace(stdout.trim());
  for (const answer of [
    await client.post("/api/steps/first-file/ask", { question: "x", level: "hints" }),
    await client.get("/api/steps/first-file/help/context"),
  ])
    assert.deepEqual([answer.status, (JSON.parse(answer.text) as { code: string }).code], [404, "no-llm"]);
  assert.equal((await client.get("/api/steps/first-file/help/hints")).status, 200);

  await atelier.write({ "class.yaml": template(1), "key.txt": key });
  const yaml = await readFile(join(atelier.folder, "mine/workshop.yaml"), "utf8");
  await atelier.write({ "mine/workshop.yaml": yaml.replace(/^(workshop:\n)/m, "$1  sudo: true\n") });
  const refused = await atelier.run("run", "mine", "--new", "--template", "class.yaml");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /class\.yaml:6:5 error key-exposure/);
  await atelier.succeed("build", "mine");
  const image = await atelier.run("run", "atelier/mine:0.1.0-start", "--name", "other", "--template", "class.yaml");
  assert.deepEqual([image.code, /key-exposure/.test(image.stderr)], [2, true], "an image is no way round it");
  await atelier.write({ "class.yaml": template(1).replace("{ file: key.txt }", "{ env: NO_SUCH_KEY }") });
  const missing = await atelier.run("run", "mine", "--new", "--template", "class.yaml");
  assert.equal(missing.code, 2);
  await atelier.write({ "class.yaml": template(1, "    acceptKeyExposure: true\n") });
  await atelier.succeed("run", "mine", "--new", "--template", "class.yaml");
});
