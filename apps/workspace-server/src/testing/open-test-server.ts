import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FakeLlmProvider, startFakeLlmProvider } from "@atelier/testkit";
import { WebSocket } from "ws";
import { writeRuntimeFiles } from "../receive-config/write-runtime-files.ts";
import type { Terminals } from "../terminal/terminals.ts";
import { startWorkspaceServer, type WorkspaceServer, type WorkspaceServerOptions } from "../workspace-server.ts";

export const tokens = { student: "s".repeat(43), instructor: "i".repeat(43), control: "c".repeat(43) };
export const helpKey = "canary-key-0123456789abcdef";
/** A goss that answers as version 0.4.9 does: passes when the file `done` exists. */
const fakeGoss = (done: string): string => `#!/bin/sh
[ -e "${done}" ] && result=0 ok=true failed=0 || { result=1; ok=false; failed=1; }
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

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}
/** A server over real files with a pretended goss, shells and provider. */
export interface TestServer extends AsyncDisposable {
  readonly server: WorkspaceServer;
  readonly provider: FakeLlmProvider;
  readonly port: number;
  readonly origin: string;
  /** A path below its folder. */
  at(...parts: string[]): string;
  write(path: string, text: string): Promise<void>;
  // biome-ignore lint/complexity/useMaxParams: a request reads best in the order of its own lines.
  call(method: string, path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Reply>;
  /** Status of an upgrade; 101 when it was let in. */
  upgrade(path: string, headers: Readonly<Record<string, string>>): Promise<number>;
}

export const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

export interface TestServerOptions {
  /** Called while the workshop's own start waits for the file `go`. */
  readonly whileStarting?: (server: Pick<TestServer, "call" | "write">) => Promise<void>;
  readonly log?: WorkspaceServerOptions["log"];
  /** It stops at standing by. */
  readonly isStandby?: boolean;
  readonly navigation?: "linear" | "free" | "guided";
  /** Further steps without a check, after `one` and `two`: their ids. */
  readonly moreSteps?: readonly string[];
  /** Headings of steps, by id. */
  readonly groups?: Readonly<Record<string, string>>;
}

export const openTestServer = async ({
  whileStarting,
  log = () => {},
  isStandby = false,
  navigation = "linear",
  moreSteps = [],
  groups = {},
}: TestServerOptions = {}): Promise<TestServer> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-server-"));
  const at = (...parts: string[]): string => join(folder, ...parts);
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), text);
  };
  const provider = await startFakeLlmProvider();
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
      ...(groups[id] === undefined ? {} : { group: groups[id] }),
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
      navigation,
      next: "swap",
      user: "student",
      sudo: false,
      workdir: at("home"),
      keep: [],
      editor: false,
      tabs: [],
      parameters: [],
      onStart: [
        {
          run:
            whileStarting === undefined
              ? `touch ${at("started")}`
              : `until [ -e ${at("go")} ]; do sleep 0.02; done; touch ${at("started")}`,
          user: "student",
          background: false,
          timeoutSeconds: 5,
        },
      ],
      infrastructure: { services: [] },
      steps: ["one", "two", ...moreSteps],
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
  for (const [index, id] of moreSteps.entries()) {
    await write(`workshop/steps/${id}/meta.json`, step(id, index + 3, {}));
    await write(`workshop/steps/${id}/content.md`, `# ${id}\n`);
  }
  await mkdir(at("home"));
  await write("workshop/intro.md", "# Hello\n");
  await write("workshop/secret.txt", "not an asset");
  await symlink(at("workshop/secret.txt"), at("workshop/steps/one/assets/link.txt"));
  await symlink("/etc/passwd", at("workshop/steps/one/assets/passwd"));
  await write("platform/ui/index.html", '<div id="root"></div>');
  await write("platform/ui/assets/app-1.js", "console.log(1)");
  await write("platform/ui/assets/app-1.js.br", "compressed");
  await write("platform/instructor-ui/index.html", '<div id="root"></div>');
  await write("platform/instructor-ui/assets/app-1.js", "console.log(1)");
  await writeFile(at("goss"), fakeGoss(at("done")), { mode: 0o755 });
  const server = await startWorkspaceServer({
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
    log,
    createTerminals: async () => fakeTerminals(),
    replace: {
      identity: { name: "student", uid: 0, gid: 0, groups: [], home: at("home") },
      asIdentity: (_identity, argv) => argv,
      flock: "/usr/bin/flock",
      kubeconfig: at("kube/config"),
      goss: at("goss"),
      saver: [process.execPath, fileURLToPath(new URL("../content/save-file/main.ts", import.meta.url))],
      fileWorker: [process.execPath, fileURLToPath(new URL("../files/worker/main.ts", import.meta.url))],
      worker: [process.execPath, fileURLToPath(new URL("../checkpoints/worker/main.ts", import.meta.url))],
    },
  });
  const { port } = server.address;
  const origin = `http://127.0.0.1:${port}`;
  // biome-ignore lint/complexity/useMaxParams: a request reads best in the order of its own lines.
  const call = (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Reply> =>
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
  assert.equal((await call("GET", "/api/boot", {})).status, 200);
  assert.deepEqual(JSON.parse((await call("GET", "/api/boot", { Host: "anything" })).text).phase, "config");
  assert.equal((await call("GET", "/", {})).status, 503, "nothing else is served before the configuration is there");
  await writeRuntimeFiles(at("config"), {
    "config.json": JSON.stringify({
      v: 1,
      workspaceId: "11111111-2222",
      workspaceName: "w",
      ...(isStandby ? { mode: "standby" } : {}),
      origins: [origin, `http://w.localhost:${port}`],
      help: { provider: "anthropic", endpoint: provider.url, model: "fake-1", perMinute: 3 },
    }),
    "help.key": helpKey,
    "student.token": tokens.student,
    "instructor.token": tokens.instructor,
    "control.token": tokens.control,
  });
  await whileStarting?.({ call, write });
  if (!isStandby) assert.equal((await server.booted).phase, "ready");

  return {
    server,
    provider,
    port,
    origin,
    at,
    write,
    call,
    upgrade: (path, headers) =>
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
      }),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await provider[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
};
