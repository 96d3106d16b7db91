import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { fakeAnswer, type FakeLlmProvider, startFakeLlmProvider } from "@atelier/testkit";
import { WebSocket } from "ws";
import { createApp } from "./http/app.ts";
import { createEventStream } from "./http/event-stream.ts";
import { writeRuntimeFiles } from "./receive-config/write-runtime-files.ts";
import type { Terminals } from "./terminal/terminals.ts";
import { startWorkspaceServer, type WorkspaceServer } from "./workspace-server.ts";

const tokens = { student: "s".repeat(43), instructor: "i".repeat(43), control: "c".repeat(43) };
const helpKey = "canary-key-0123456789abcdef";
const folder = await mkdtemp(join(tmpdir(), "atelier-server-"));
const at = (...parts: string[]): string => join(folder, ...parts);
const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), text);
};

/** A goss that answers as version 0.4.9 does: passes when the file `done` exists. */
const fakeGoss = `#!/bin/sh
[ -e "${at("done")}" ] && result=0 ok=true failed=0 || { result=1; ok=false; failed=1; }
printf '{"results":[{"resource-id":"/x","resource-type":"File","property":"exists","title":"x is there","successful":%s,"skipped":false,"result":%s,"err":null,"matcher-result":{"actual":%s,"expected":true,"message":"to equal"}}],"summary":{"test-count":1,"failed-count":%s,"skipped-count":0}}\\n' $ok $result $ok $failed
exit $failed
`;

const fakeTerminals = (): Terminals => ({
  list: () => [{ name: "1", state: "ready", shell: "/bin/sh", viewers: 0 }],
  open: async () => ({ name: "2", state: "ready", shell: "/bin/sh", viewers: 0 }),
  close: async () => {},
  attach: (_name, { socket }) => socket.send("attached"),
  recentCommands: () => [],
  currentDirectory: () => undefined,
  activeAt: () => 0,
  jobs: () => [],
  enterStep: () => {},
  subscribe: () => () => {},
  [Symbol.asyncDispose]: async () => {},
});

let server: WorkspaceServer;
let provider: FakeLlmProvider;
let port = 0;

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
// biome-ignore lint/complexity/useMaxParams: a request reads best in the order of its own lines.
const call = (method: string, path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      { host: "127.0.0.1", port, method, path, headers: { Host: `127.0.0.1:${port}`, ...headers } },
      (answer) => {
        if (String(answer.headers["content-type"]).startsWith("text/event-stream")) {
          resolve({ status: answer.statusCode ?? 0, text: "", headers: answer.headers });
          answer.destroy();
          return;
        }
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        answer
          .once("end", () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }))
          .once("error", reject);
      },
    );
    outgoing.once("error", reject).end(body);
  });
const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });
const origin = (): string => `http://127.0.0.1:${port}`;

before(async () => {
  provider = await startFakeLlmProvider();
  const step = (id: string, number: number, extra: object): string =>
    JSON.stringify({
      v: 1,
      id,
      number,
      title: id,
      requires: [],
      env: {},
      onStart: [],
      help: number === 1 ? ["hints"] : [],
      ...extra,
    });
  await write(
    "workshop/workshop.json",
    JSON.stringify({
      v: 1,
      name: "w",
      version: "1",
      title: "W",
      description: "",
      authors: [],
      tags: [],
      language: "en",
      image: "x",
      navigation: "linear",
      next: "swap",
      user: "student",
      sudo: false,
      workdir: at("home"),
      keep: [],
      editor: false,
      tabs: [],
      parameters: [],
      onStart: [{ run: `touch ${at("started")}`, user: "student", background: false, timeoutSeconds: 5 }],
      infrastructure: { services: [] },
      steps: ["one", "two"],
      hasIntro: true,
      hasFinish: false,
    }),
  );
  await write(
    "workshop/image.json",
    JSON.stringify({
      v: 1,
      step: "start",
      planDigest: "sha256:0",
      platformContract: 1,
      student: { name: "student", uid: 1000, gid: 1000, home: at("home"), groups: [] },
    }),
  );
  await write("workshop/steps/one/meta.json", step("one", 1, { check: { user: "student", auto: false } }));
  await write(
    "workshop/steps/one/content.md",
    "# One\n\n<b>raw</b>\n\n```sh save=bin/hello\n#!/bin/sh\necho {{ workspace }}\n```\n",
  );
  await write("workshop/steps/one/goss.yaml", "file:\n  /x:\n    exists: true\n");
  await write("workshop/steps/one/hints.md", "a hint");
  await write("workshop/steps/one/assets/a.svg", "<svg/>");
  await write("workshop/steps/two/meta.json", step("two", 2, {}));
  await write("workshop/steps/two/content.md", "# Two\n");
  await mkdir(at("home"));
  await write("workshop/intro.md", "# Hello\n");
  await write("workshop/secret.txt", "not an asset");
  await symlink(at("workshop/secret.txt"), at("workshop/steps/one/assets/link.txt"));
  await symlink("/etc/passwd", at("workshop/steps/one/assets/passwd"));
  await write("platform/ui/index.html", '<div id="root"></div>');
  await write("platform/ui/assets/app-1.js", "console.log(1)");
  await write("platform/ui/assets/app-1.js.br", "compressed");
  await writeFile(at("goss"), fakeGoss, { mode: 0o755 });
  server = await startWorkspaceServer({
    settings: {
      ATELIER_WORKSHOP: at("workshop"),
      ATELIER_RUNTIME: at("runtime"),
      ATELIER_CONFIG: at("config"),
      ATELIER_PLATFORM: at("platform"),
      ATELIER_LAYER: at("layer"),
      ATELIER_PORT: 0,
      ATELIER_HOST: "127.0.0.1",
    },
    env: { PATH: process.env["PATH"], ATELIER_SECRET: "no" },
    version: "test",
    now: () => new Date(),
    newId: () => crypto.randomUUID(),
    log: () => {},
    createTerminals: async () => fakeTerminals(),
    replace: {
      identity: { name: "student", uid: 0, gid: 0, groups: [], home: at("home") },
      asIdentity: (_identity, argv) => argv,
      flock: "/usr/bin/flock",
      goss: at("goss"),
      saver: [process.execPath, fileURLToPath(new URL("content/save-file/main.ts", import.meta.url))],
      worker: [process.execPath, fileURLToPath(new URL("checkpoints/worker/main.ts", import.meta.url))],
    },
  });
  port = server.address.port;
  assert.equal((await call("GET", "/api/boot", {})).status, 200);
  assert.deepEqual(JSON.parse((await call("GET", "/api/boot", { Host: "anything" })).text).phase, "config");
  assert.equal((await call("GET", "/", {})).status, 503, "nothing else is served before the configuration is there");
  await writeRuntimeFiles(at("config"), {
    "config.json": JSON.stringify({
      v: 1,
      workspaceId: "11111111-2222",
      workspaceName: "w",
      origins: [origin(), `http://w.localhost:${port}`],
      help: { provider: "anthropic", endpoint: provider.url, model: "fake-1", perMinute: 3 },
    }),
    "help.key": helpKey,
    "student.token": tokens.student,
    "instructor.token": tokens.instructor,
    "control.token": tokens.control,
  });
  assert.equal((await server.booted).phase, "ready");
});
after(async () => {
  await server.close();
  await provider[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Every route there is, with a request that succeeds for a student. A new route has to come here. */
const routes: Readonly<
  Record<
    string,
    {
      readonly method: string;
      readonly path: string;
      readonly isPublic?: boolean;
      readonly body?: string;
      readonly ok: number;
    }
  >
> = {
  "GET /api/boot": { method: "GET", path: "/api/boot", isPublic: true, ok: 200 },
  "GET /login": { method: "GET", path: `/login?token=${tokens.student}`, isPublic: true, ok: 303 },
  "GET /": { method: "GET", path: "/", isPublic: true, ok: 200 },
  "GET /assets/*": { method: "GET", path: "/assets/app-1.js", isPublic: true, ok: 200 },
  "GET /favicon.svg": { method: "GET", path: "/favicon.svg", isPublic: true, ok: 404 },
  "GET /api/workspace": { method: "GET", path: "/api/workspace", ok: 200 },
  "GET /api/steps/:id": { method: "GET", path: "/api/steps/one", ok: 200 },
  "GET /api/pages/:page": { method: "GET", path: "/api/pages/intro", ok: 200 },
  "POST /api/steps/:id/check": { method: "POST", path: "/api/steps/one/check", ok: 200 },
  "POST /api/steps/:id/complete": { method: "POST", path: "/api/steps/one/complete", ok: 409 },
  "POST /api/steps/:id/enter": { method: "POST", path: "/api/steps/one/enter", ok: 200 },
  "GET /api/steps/:id/help/:level": { method: "GET", path: "/api/steps/one/help/hints", ok: 200 },
  "GET /api/steps/:id/help/context": { method: "GET", path: "/api/steps/one/help/context?level=solve", ok: 200 },
  "POST /api/steps/:id/ask": {
    method: "POST",
    path: "/api/steps/one/ask",
    body: '{"question":"Why?","level":"hints"}',
    ok: 200,
  },
  "POST /api/requests": { method: "POST", path: "/api/requests", body: '{"kind":"reset"}', ok: 503 },
  "GET /api/checkpoints": { method: "GET", path: "/api/checkpoints", ok: 200 },
  "GET /api/terminals": { method: "GET", path: "/api/terminals", ok: 200 },
  "POST /api/terminals": { method: "POST", path: "/api/terminals", ok: 201 },
  "DELETE /api/terminals/:name": { method: "DELETE", path: "/api/terminals/1", ok: 204 },
  "GET /api/events": { method: "GET", path: "/api/events", ok: 200 },
  "POST /api/steps/:id/blocks/:block/save": {
    method: "POST",
    path: "/api/steps/one/blocks/0/save",
    body: "{}",
    ok: 200,
  },
  "POST /api/steps/:id/hints/:hint": { method: "POST", path: "/api/steps/one/hints/1", ok: 204 },
  "GET /content/*": { method: "GET", path: "/content/steps/one/assets/a.svg", ok: 200 },
};

test("every route of the router has a case", () => {
  const app = createApp({
    rules: () => undefined,
    service: () => undefined,
    boot: () => ({ phase: "config", elapsedMs: 0 }),
    events: createEventStream(),
    uiFolder: "",
    contentFolder: () => "",
    onError: () => {},
  });
  const known = new Set(
    app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`),
  );
  assert.deepEqual([...known].sort(), Object.keys(routes).sort());
});

const hosts = (): readonly string[] => [
  "evil.example",
  `evil.example:${port}`,
  `127.0.0.1:${port + 1}`,
  "127.0.0.1",
  `127.0.0.1:${port}.evil.example`,
  `127.0.0.1.:${port}`,
  `W.localhost:${port}`,
  `w.localhost.:${port}`,
  `x.w.localhost:${port}`,
  `2130706433:${port}`,
  `0.0.0.0:${port}`,
  `[::1]:${port}`,
  `localhost:${port}`,
];
const origins = (): readonly string[] => [
  "null",
  "http://evil.example",
  `http://127.0.0.1:${port}.evil.example`,
  `http://evil-127.0.0.1:${port}`,
  `https://127.0.0.1:${port}`,
  `http://127.0.0.1:${port + 1}`,
  `http://127.0.0.1:${port}/`,
  `http://user@127.0.0.1:${port}`,
  `HTTP://127.0.0.1:${port}`,
];
const wrongTokens: readonly Record<string, string>[] = [
  {},
  bearer(""),
  bearer("x".repeat(43)),
  bearer(tokens.student.slice(1)),
  bearer(`${tokens.student}s`),
  bearer(tokens.control),
  { Cookie: `atelier_111111112222=${tokens.control}` },
  { Cookie: `atelier_x=${tokens.student}` },
  { Authorization: `Basic ${tokens.student}` },
  { Authorization: tokens.student },
];

for (const [name, route] of Object.entries(routes))
  test(`${name} answers its own and refuses every wrong Host, Origin and token`, async () => {
    const right = { ...bearer(tokens.student), ...(route.method === "GET" ? {} : { Origin: origin() }) };
    assert.equal((await call(route.method, route.path, right, route.body)).status, route.ok);
    for (const host of hosts()) {
      const { status, text } = await call(route.method, route.path, { ...right, Host: host }, route.body);
      assert.ok(status === 421 || status === 400, `Host ${host}: ${status} ${text}`);
    }
    for (const foreign of origins())
      assert.equal(
        (await call(route.method, route.path, { ...right, Origin: foreign }, route.body)).status,
        403,
        `Origin ${foreign}`,
      );
    if (route.isPublic) return;
    for (const headers of wrongTokens)
      assert.equal(
        (await call(route.method, route.path, { ...headers, Origin: origin() }, route.body)).status,
        401,
        JSON.stringify(headers),
      );
    if (route.method !== "GET") {
      const cookie = { Cookie: `atelier_111111112222=${tokens.student}` };
      assert.equal(
        (await call(route.method, route.path, cookie, route.body)).status,
        403,
        "a cookie without an Origin changes nothing",
      );
    }
  });

const upgrade = (path: string, headers: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      headers: { Host: `127.0.0.1:${port}`, ...headers },
    });
    socket.once("open", () => {
      resolve(101);
      socket.terminate();
    });
    socket.once("unexpected-response", (_request, { statusCode }) => resolve(statusCode ?? 0));
    socket.on("error", (error) => (/Unexpected server response/.test(error.message) ? undefined : reject(error)));
  });

test("a terminal opens only for the own Origin, Host and a student's or instructor's token", async () => {
  const cookie = { Cookie: `atelier_111111112222=${tokens.student}` };
  assert.equal(await upgrade("/api/terminals/1", { ...cookie, Origin: origin() }), 101);
  assert.equal(await upgrade("/api/terminals/1", { ...bearer(tokens.instructor), Origin: origin() }), 101);
  assert.equal(await upgrade("/api/terminals/1", cookie), 403, "no Origin");
  assert.equal(await upgrade("/api/terminals/1", bearer(tokens.student)), 403, "no Origin, also with a token");
  for (const foreign of origins())
    assert.equal(await upgrade("/api/terminals/1", { ...cookie, Origin: foreign }), 403, foreign);
  for (const host of hosts())
    assert.notEqual(await upgrade("/api/terminals/1", { ...cookie, Origin: origin(), Host: host }), 101, host);
  for (const headers of wrongTokens)
    assert.equal(await upgrade("/api/terminals/1", { ...headers, Origin: origin() }), 401, JSON.stringify(headers));
  for (const path of ["/api/terminals/9", "/api/terminals/..%2f1", "/api/terminals/1/", "/", "/api/events"])
    assert.equal(await upgrade(path, { ...cookie, Origin: origin() }), 404, path);
  assert.equal(await upgrade("/api/control", bearer(tokens.control)), 101);
  assert.equal(
    await upgrade("/api/control", { ...bearer(tokens.control), Origin: origin() }),
    403,
    "a page is no manager",
  );
  assert.equal(await upgrade("/api/control", bearer(tokens.student)), 401);
});

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
      headers: { ...headers, Host: `127.0.0.1:${port}` },
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
  const history = await readFile(at("runtime/llm-history.jsonl"), "utf8");
  const log = await readFile(at("runtime/state-events.jsonl"), "utf8");
  assert.equal(provider.requests[0]?.headers["x-api-key"], helpKey);
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
  assert.deepEqual(await states(), ["current", "Finish “one” first."]);
  const failed = JSON.parse((await call("POST", "/api/steps/one/check", headers)).text) as {
    outcome: string;
    assertions: unknown;
  };
  assert.deepEqual(failed.assertions, [
    { id: "file: /x: exists", title: "x is there", status: "failed", expected: "true", found: "false" },
  ]);
  await write("done", "");
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
  assert.equal(await readFile(at("started"), "utf8"), "", "onStart ran");
  const { readHistory } = await import("./progress/progress.ts");
  const { history, badLines } = await readHistory(at("runtime"));
  assert.deepEqual(
    [[...history.passed], [...history.completed], history.current, badLines],
    [["one"], ["two"], "one", []],
  );
});
