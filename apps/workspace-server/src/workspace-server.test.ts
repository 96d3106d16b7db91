import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { type BootView, bootViewSchema } from "@atelier/contract";
import { fakeAnswer } from "@atelier/testkit";
import { bearer, helpKey, openTestServer, type TestServer, tokens } from "./testing/open-test-server.ts";

let opened: TestServer;
before(async () => {
  opened = await openTestServer();
});
after(() => opened[Symbol.asyncDispose]());

const call: TestServer["call"] = (...request) => opened.call(...request);
const origin = (): string => opened.origin;

test("no path leaves the folders that are served", async () => {
  const paths = [
    "/content/secret.txt",
    "/content/steps/one/content.md",
    "/content/steps/one/goss.yaml",
    "/content/steps/one/assets/../content.md",
    "/content/steps/one/assets/%2e%2e/content.md",
    "/content/steps/one/assets/..%2fcontent.md",
    "/content/steps/one/assets/passwd",
    "/content/steps/one/assets/%00a.svg",
    "/content/steps/one/assets/..%5ccontent.md",
    "/content/assets/../workshop.json",
    "/assets/../index.html/../../../etc/passwd",
    "/assets/%2e%2e/%2e%2e/goss",
    "/content/steps/one/assets/",
    "/content/steps/one/assets",
  ];
  for (const path of paths) {
    const { status, text } = await call("GET", path, bearer(tokens.student));
    assert.equal(status, 404, path);
    assert.doesNotMatch(text, /root:|not an asset|exists: true/);
  }
  // A link that stays in the workshop leads to a file that is no asset; it is served because the author put it there.
  assert.equal((await call("GET", "/content/steps/one/assets/link.txt", bearer(tokens.student))).text, "not an asset");
});

/** The status line and the headers that a page of ours is answered with; what it asks goes out as it is written here. */
const headOf = async (requestLine: string, ...headers: readonly string[]): Promise<string> => {
  const socket = connect(opened.port, "127.0.0.1");
  const own = [`Host: 127.0.0.1:${opened.port}`, `Origin: ${origin()}`];
  socket.write(`${[requestLine, ...own, ...headers].join("\r\n")}\r\n\r\n`);
  let text = "";
  for await (const data of socket) {
    text += String(data);
    if (text.includes("\r\n\r\n")) break;
  }
  return text;
};
const statusOf = async (...request: Parameters<typeof headOf>): Promise<string> =>
  (await headOf(...request)).slice(9, 12);
const studentLogin = `Authorization: ${bearer(tokens.student)["Authorization"]}`;
const webSocket = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

test("an upgrade to what is no path is refused, and nobody else notices", async () => {
  for (const target of ["//", "//[", "/\\\\", "http://["]) {
    const line = `GET ${target} HTTP/1.1`;
    assert.deepEqual(
      [await statusOf(line, ...webSocket), await statusOf(line, ...webSocket, studentLogin)],
      ["401", "404"],
      target,
    );
  }
  assert.equal((await call("GET", "/api/boot", {})).status, 200);
});

test("a WebSocket has neither another protocol nor compression, whatever is offered", async () => {
  const offers = ["Sec-WebSocket-Protocol: tty, other", "Sec-WebSocket-Extensions: permessage-deflate"];
  const head = await headOf("GET /api/terminals/1 HTTP/1.1", ...webSocket, studentLogin, ...offers);
  assert.match(head, /^HTTP\/1\.1 101 /);
  assert.doesNotMatch(head, /Sec-WebSocket-(Protocol|Extensions)/i);
});

test("what asks for no WebSocket, or in HTTP/1.0, is answered as if it had asked for none", async () => {
  const http2 = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"];
  assert.equal(await statusOf("GET /api/boot HTTP/1.1", ...http2), "200");
  assert.equal(await statusOf("GET /api/terminals/1 HTTP/1.0", ...webSocket, studentLogin), "404");
  assert.equal(await statusOf("GET /api/terminals/1 HTTP/1.1", ...webSocket, studentLogin), "101");
});

test("who waits for the workshop's own start is told when it is given up", async () => {
  const seen: BootView[] = [];
  await using _server = await openTestServer({
    whileStarting: async ({ call, write }) => {
      while (seen.at(-1)?.progress === undefined || seen.at(-1)?.deadlineMs === undefined)
        seen.push(bootViewSchema.parse(JSON.parse((await call("GET", "/api/boot", {})).text)));
      await write("go", "");
    },
  });
  const { phase, progress, elapsedMs, deadlineMs = 0 } = seen.at(-1) ?? assert.fail();
  assert.equal(phase, "onStart");
  assert.match(progress?.label ?? "", /^until/);
  assert.ok(deadlineMs >= 5000 && deadlineMs <= elapsedMs + 5000, `${deadlineMs} at ${elapsedMs}`);
});

test("answers carry headers that keep scripts of others out, and the smallest form of the bundle", async () => {
  const page = await call("GET", "/", {});
  assert.match(String(page.headers["content-security-policy"]), /default-src 'none'; script-src 'self'/);
  assert.equal(page.headers["x-content-type-options"], "nosniff");
  assert.match(
    String(
      (await call("GET", "/content/steps/one/assets/a.svg", bearer(tokens.student))).headers["content-security-policy"],
    ),
    /sandbox/,
  );
  const script = await call("GET", "/assets/app-1.js", { "Accept-Encoding": "gzip, br" });
  assert.deepEqual(
    [script.text, script.headers["content-encoding"], script.headers["content-type"]],
    ["compressed", "br", "text/javascript; charset=utf-8"],
  );
  const login = await call("GET", `/login?token=${tokens.student}&to=//evil.example`, {});
  assert.deepEqual(
    [login.headers["location"], String(login.headers["set-cookie"])],
    ["/", `atelier_111111112222=${tokens.student}; Path=/; HttpOnly; SameSite=Strict`],
  );
});

test("a question is answered as it comes, so often a minute, and the key is in no file and no answer", async () => {
  const headers = { ...bearer(tokens.student), Origin: origin() };
  const ask = (body: string) =>
    fetch(`${origin()}/api/steps/one/ask`, {
      method: "POST",
      headers: { ...headers, Host: `127.0.0.1:${opened.port}` },
      body,
    });
  for (const body of ["{}", '{"question":"","level":"hints"}', '{"question":"x","level":"all"}', "no json"])
    assert.equal((await ask(body)).status, 400, body);
  assert.equal((await ask(JSON.stringify({ question: "x".repeat(70_000), level: "hints" }))).status, 413);
  const locked = await call("POST", "/api/steps/two/ask", headers, '{"question":"x","level":"hints"}');
  assert.equal(locked.status, 403);
  const good = JSON.stringify({ question: "What is missing?", level: "hints" });
  let answer = await ask(good);
  // The route's own case above may still be under way.
  while (answer.status === 409) answer = await ask(good);
  const events = await answer.text();
  const text = [...events.matchAll(/^event: text\ndata: (.*)$/gm)]
    .map(([, data]) => (JSON.parse(data ?? "") as { text: string }).text)
    .join("");
  assert.equal(text, fakeAnswer);
  assert.match(events, /^event: start\ndata: .*event: end\ndata: {"outcome":"answered"}\n\n$/s);
  for (let status = 200; status === 200; ) {
    answer = await ask(good);
    await answer.text();
    status = answer.status;
  }
  assert.equal(answer.status, 429);
  assert.match(answer.headers.get("retry-after") ?? "", /^[1-9]\d?$/);
  const shown = await call("GET", "/api/steps/one/help/context", headers);
  const history = await readFile(opened.at("runtime/llm-history.jsonl"), "utf8");
  const log = await readFile(opened.at("runtime/state-events.jsonl"), "utf8");
  assert.equal(opened.provider.requests[0]?.headers["x-api-key"], helpKey);
  assert.ok(history.includes("What is missing?"));
  assert.ok(!(events + shown.text + history + log).includes(helpKey));
});

test("a step is checked, locked, passed and entered, and the past is rebuilt from the events", async () => {
  const headers = { ...bearer(tokens.student), Origin: origin() };
  const states = async (): Promise<unknown> =>
    (
      JSON.parse((await call("GET", "/api/workspace", headers)).text) as {
        steps: { state: string; lockedReason?: string }[];
      }
    ).steps.map(({ state, lockedReason }) => lockedReason ?? state);
  assert.equal((await call("POST", "/api/steps/two/enter", headers)).status, 403);
  assert.equal((await call("POST", "/api/steps/one/enter", headers)).status, 200);
  assert.deepEqual(await states(), ["current", "Finish “one” first."]);
  const failed = JSON.parse((await call("POST", "/api/steps/one/check", headers)).text) as {
    outcome: string;
    assertions: unknown;
  };
  assert.deepEqual(failed.assertions, [
    { id: "file: /x: exists", title: "x is there", status: "failed", expected: "true", found: "false" },
  ]);
  await opened.write("done", "");
  const [first, second] = await Promise.all([
    call("POST", "/api/steps/one/check", headers),
    call("POST", "/api/steps/one/check", headers),
  ]);
  assert.deepEqual([first.status, second.status].sort(), [200, 409], "one check at a time");
  assert.deepEqual(await states(), ["passed", "open"]);
  assert.equal((await call("POST", "/api/steps/two/complete", headers)).status, 200);
  assert.deepEqual(await states(), ["passed", "completed"]);
  assert.match(
    (JSON.parse((await call("GET", "/api/steps/one", headers)).text) as { html: string }).html,
    /&lt;b&gt;raw/,
  );
  assert.equal(await readFile(opened.at("started"), "utf8"), "", "onStart ran");
  const { createHistoryReader } = await import("./progress/progress.ts");
  const { history, badLines } = await createHistoryReader(opened.at("runtime")).read();
  assert.deepEqual(
    [[...history.passed], [...history.completed], history.current, badLines],
    [["one"], ["two"], "one", []],
  );
});
