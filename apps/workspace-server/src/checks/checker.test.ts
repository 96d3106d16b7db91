import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { CheckView, StateEvent } from "@atelier/contract";
import type { EventStream } from "../http/event-stream.ts";
import { openEventLog } from "../events/open-event-log.ts";
import { applyEvent, emptyHistory } from "../progress/progress.ts";
import { checkByItself } from "./check-by-itself.ts";
import { type Checker, createChecker } from "./checker.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";

const folder = await mkdtemp(join(tmpdir(), "atelier-checker-"));
after(() => rm(folder, { recursive: true }));
const at = (...parts: string[]): string => join(folder, ...parts);

/** A goss that notes how it was called and answers with what stands in `answer`, after `seconds`. */
await writeFile(
  at("goss"),
  `#!/bin/sh
echo "$*" >> ${at("calls")}
for last; do :; done
if [ "$last" = render ]; then cat ${at("rendered")}; exit "$(cat ${at("render-exit")})"; fi
cp "$2" ${at("prepared")}
pwd > ${at("cwd")}
env > ${at("environment")}
sleep "$(cat ${at("seconds")})"
cat ${at("answer")}
exit "$(cat ${at("exit")})"
`,
  { mode: 0o755 },
);
const result = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  "resource-id": "/x",
  "resource-type": "File",
  property: "exists",
  title: "x is there",
  successful: true,
  skipped: false,
  result: 0,
  err: null,
  "matcher-result": { actual: true, expected: true, message: "to equal" },
  ...over,
});
interface Answer {
  readonly results?: readonly Record<string, unknown>[];
  readonly text?: string;
  readonly exit?: number;
  readonly seconds?: number;
}
const say = async ({ results = [result()], text, exit = 0, seconds = 0 }: Answer): Promise<void> => {
  const failed = results.filter(({ successful }) => successful !== true).length;
  const skipped = results.filter((one) => one["skipped"] === true).length;
  const summary = { "test-count": results.length, "failed-count": failed, "skipped-count": skipped };
  // Whole at once: an automatic run may be reading.
  const put = async (name: string, content: string): Promise<void> => {
    await writeFile(at(`${name}.new`), content);
    await rename(at(`${name}.new`), at(name));
  };
  await put("answer", text ?? `${JSON.stringify({ results, summary })}\n`);
  await put("exit", String(exit));
  await put("seconds", String(seconds));
  await writeFile(at("rendered"), "file:\n  /rendered:\n    exists: true\n");
  await writeFile(at("render-exit"), "0");
};

interface Scene extends Disposable {
  readonly checker: Checker;
  readonly events: StateEvent[];
  readonly history: ReturnType<typeof emptyHistory>;
  readonly shown: CheckView[];
  auto(): Disposable;
}

let number = 0;
const open = async (
  options: {
    readonly user?: "student" | "root";
    readonly goss?: string;
    readonly cwd?: string;
    /** Where the student's start-up files are; commands run as whoever runs the tests then. */
    readonly home?: string;
    readonly timeoutMs?: number;
    readonly makeRoom?: () => Promise<void>;
  } = {},
): Promise<Scene> => {
  const runtime = at(`runtime-${++number}`);
  const workshop = at(`workshop-${number}`);
  await mkdir(join(workshop, "steps/one"), { recursive: true });
  await mkdir(runtime);
  await mkdir(at("home"), { recursive: true });
  await writeFile(
    join(workshop, "steps/one/goss.yaml"),
    options.goss ?? "command:\n  'git status':\n    exit-status: 0\n",
  );
  await say({});
  const events: StateEvent[] = [];
  const history = emptyHistory();
  history.current = "one";
  const log = openEventLog(runtime, () => new Date());
  log.subscribe((event) => {
    events.push(event);
    applyEvent(history, event);
  });
  const step = { id: "one", number: 1, title: "One", check: { user: options.user ?? "student", auto: true } };
  const loaded = {
    folder: workshop,
    workshop: { workdir: at("home") },
    steps: [step],
    image: { step: "start" },
  } as unknown as Parameters<typeof createChecker>[0]["loaded"];
  const checker = createChecker({
    loaded,
    student: { name: "student", uid: 1000, gid: 1000, groups: [], home: options.home ?? "/home/student" },
    shell: "/bin/bash",
    env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", SPECIAL: "1", LD_PRELOAD: "/home/student/evil.so" },
    secretEnv: { TOKEN: "hunter22" },
    goss: at("goss"),
    events: log,
    context: () => ({ cwd: options.cwd ?? "/tmp/x", commands: [{ command: "ls -l" }] as never }),
    now: () => new Date(),
    secrets: knownSecrets(["hunter22"]),
    timeoutMs: options.timeoutMs ?? 30_000,
    asIdentity: ({ name }, argv) => (options.home === undefined ? ["as", name, ...argv] : argv),
    makeRoom: options.makeRoom ?? (() => assert.fail("nothing of the student's is to be ended")),
  });
  const shown: CheckView[] = [];
  return {
    checker,
    events,
    history,
    shown,
    auto: () =>
      checkByItself({
        loaded,
        history,
        checker,
        terminals: () => undefined,
        stream: {
          send: (event) => {
            if (event.type === "check") shown.push(event.check);
          },
        } satisfies Pick<EventStream, "send">,
        folders: [],
        onError: (error) => assert.fail(String(error)),
        isBusy: () => false,
        pace: { look: 5, quiet: 5, pause: 20, share: 0, later: Array.from({ length: 500 }, (_, index) => index * 30) },
      }),
    [Symbol.dispose]: () => log[Symbol.dispose](),
  };
};
const until = async (what: () => boolean): Promise<void> => {
  for (let waited = 0; !what(); waited += 10) {
    assert.ok(waited < 30_000, "it did not come to that");
    await sleep(10);
  }
};

test("goss itself runs as root beside its own file, and what it executes as the student in the workdir", async () => {
  using scene = await open();
  await writeFile(at("calls"), "");
  assert.equal((await scene.checker.check("one", { trigger: "student" })).outcome, "passed");
  const prepared = await readFile(at("prepared"), "utf8");
  assert.match(
    prepared,
    /exec as student \/bin\/sh -c 'eval "\$ATELIER_CHECK"; unset ATELIER_CHECK; cd .*\/home \|\| exit 126\n *git status'/,
  );
  const calls = await readFile(at("calls"), "utf8");
  assert.match(calls, /--vars-inline .*"cwd":"\/tmp\/x","commands":\["ls -l"\],"step":"one".* validate --format json/);
  assert.doesNotMatch(calls, /retry-timeout/, "with JSON goss prints one document per try");
  assert.match(await readFile(at("cwd"), "utf8"), /atelier-check-/);
  // A variable that the image sets reaches the student's command and never what is still root.
  const lines = (await readFile(at("environment"), "utf8")).split("\n");
  const given = lines.find((line) => line.startsWith("ATELIER_CHECK=")) ?? "";
  const environment = lines.filter((line) => line !== given).join("\n");
  assert.match(given, /export PATH=\/usr\/bin:\/bin LANG=C.UTF-8 .*HOME=\/home\/student USER=student/);
  assert.match(given, /SPECIAL=1 LD_PRELOAD=\/home\/student\/evil.so TOKEN=hunter22/);
  assert.doesNotMatch(`${prepared}${calls}`, /hunter22/, "an argv is for everybody to read");
  assert.doesNotMatch(environment, /SPECIAL|LD_PRELOAD|\/home\/student/);
  assert.match(environment, /^HOME=\/root$/m);
  assert.deepEqual(
    scene.events.map(({ type }) => type),
    ["check-finished", "step-completed"],
  );
});

test("only where the author says so does an assertion's command run as root, and then not where the student writes", async () => {
  using scene = await open({ user: "root" });
  await scene.checker.check("one", { trigger: "student" });
  assert.match(await readFile(at("prepared"), "utf8"), /exec as root \/bin\/sh -c 'eval .*; cd \/ \|\| exit 126/);
  assert.match(
    await readFile(at("environment"), "utf8"),
    /^ATELIER_CHECK=export LANG=C.UTF-8 SPECIAL=1 TOKEN=hunter22 PATH=.* HOME=\/root USER=root /m,
  );
});

test("a command finds what the student's profile sets; root's never looks there", async () => {
  const home = at("with-profile");
  await mkdir(home);
  await writeFile(join(home, ".profile"), `echo >> ~/read\nexport PATH="$HOME/.tool/bin:$PATH" MARK=of-the-student\n`);
  const given = async (user: "student" | "root"): Promise<string> => {
    using scene = await open({ user, home });
    await scene.checker.check("one", { trigger: "student" });
    return readFile(at("environment"), "utf8");
  };
  assert.doesNotMatch(await given("root"), /of-the-student|\.tool/);
  await assert.rejects(readFile(join(home, "read")), /ENOENT/);
  const found = await given("student");
  assert.match(found, /MARK=of-the-student/);
  assert.ok(found.includes(`PATH=${home}/.tool/bin:`), found);
});

test("what a check says about a secret is masked, whatever form it has", async () => {
  using scene = await open();
  const matcher = {
    actual: "token hunter22",
    expected: ["hunter22", Buffer.from("hunter22").toString("base64")],
    message: "to contain element matching",
  };
  await say({
    results: [result({ successful: false, result: 1, "matcher-result": matcher, meta: { message: "not hunter22" } })],
    exit: 1,
  });
  const check = await scene.checker.check("one", { trigger: "student" });
  assert.equal(check.assertions[0]?.found, "token [redacted]");
  assert.doesNotMatch(JSON.stringify([check, scene.events]), /hunter22|aHVudGVyMjI/);
});

test("a check that hangs is ended with everything it started, and says so", async () => {
  using scene = await open({ timeoutMs: 300 });
  await say({ seconds: 600 });
  const check = await scene.checker.check("one", { trigger: "student" });
  assert.deepEqual([check.outcome, check.assertions], ["timeout", []]);
  assert.match(check.cause ?? "", /did not end within/);
});

test("a file of megabytes that is compared is a failed check, not a broken one", async () => {
  using scene = await open();
  const matcher = { actual: "q".repeat(3_000_000), expected: "needle", message: "to equal" };
  await say({ results: [result({ successful: false, result: 1, "matcher-result": matcher })], exit: 1 });
  const check = await scene.checker.check("one", { trigger: "student" });
  assert.deepEqual([check.outcome, check.cause, check.assertions[0]?.found?.length], ["failed", undefined, 2001]);
  assert.ok(JSON.stringify(scene.events).length < 10_000);
});

test("a template is rendered first, and one that does not render is the check's fault", async () => {
  using scene = await open({ goss: "file:\n  {{ .Vars.cwd }}:\n    exists: true\n" });
  await scene.checker.check("one", { trigger: "student" });
  assert.match(await readFile(at("prepared"), "utf8"), /\/rendered/);
  await writeFile(at("rendered"), "template: bad character");
  await writeFile(at("render-exit"), "1");
  const check = await scene.checker.check("one", { trigger: "student" });
  assert.deepEqual(
    [check.outcome, check.cause],
    ["error", "The check's goss file is not valid: template: bad character"],
  );
});

test("a folder or a command of the student's stays one line of a template's YAML", async () => {
  using scene = await open({
    goss: "file:\n  {{ .Vars.cwd }}:\n    exists: true\n",
    cwd: "/tmp/a:\n  b: 1\ncommand:\n  id:",
  });
  await writeFile(at("calls"), "");
  await scene.checker.check("one", { trigger: "student" });
  assert.match(await readFile(at("calls"), "utf8"), /"cwd":"\/tmp\/a: {3}b: 1 command: {3}id:"/);
});

test("an automatic run is marked, told once as long as nothing changes, and completes the step when it passes", async () => {
  using scene = await open();
  await say({ results: [result({ successful: false, result: 1 })], exit: 1 });
  using _auto = scene.auto();
  await until(() => scene.shown.length >= 3);
  assert.ok(scene.shown.every(({ trigger, outcome }) => trigger === "auto" && outcome === "failed"));
  assert.deepEqual(
    scene.events.map((event) => (event.type === "check-finished" ? [event.trigger, event.outcome] : event.type)),
    [["auto", "failed"]],
  );
  await say({});
  await until(() => scene.history.passed.has("one"));
  const shown = scene.shown.length;
  await sleep(200);
  assert.equal(scene.shown.length, shown, "a passed step is left alone");
  assert.deepEqual(
    scene.events.map((event) => (event.type === "check-finished" ? [event.trigger, event.outcome] : event.type)),
    [["auto", "failed"], ["auto", "passed"], "step-completed"],
  );
});

test("who asks for a check gets it at once: the automatic one makes way and leaves no trace", async () => {
  using scene = await open();
  await say({ seconds: 600 });
  const auto = scene.checker.check("one", { trigger: "auto" });
  const refused = assert.rejects(auto, { code: "check-running" });
  await until(() => scene.checker.running === "one");
  await sleep(100);
  await say({});
  const [asked, second] = await Promise.allSettled([
    scene.checker.check("one", { trigger: "student" }),
    scene.checker.check("one", { trigger: "student" }),
  ]);
  await refused;
  assert.deepEqual([asked.status, second.status], ["fulfilled", "rejected"], "one at a time");
  assert.deepEqual(
    scene.events.map((event) => (event.type === "check-finished" ? event.trigger : event.type)),
    ["student", "step-completed"],
  );
  await assert.rejects(scene.checker.check("two", { trigger: "auto" }), { code: "no-check" });
});

test("a check that is left behind by its step says so, and nothing of it is written down", async () => {
  using scene = await open();
  await say({ seconds: 600 });
  const left = scene.checker.check("one", { trigger: "student" });
  const refused = assert.rejects(left, { code: "step-changed", hint: "Check again." });
  await until(() => scene.checker.running === "one");
  scene.checker.giveUp();
  await refused;
  assert.deepEqual(scene.events, []);
  scene.checker.giveUp();
  await say({});
  assert.equal((await scene.checker.check("one", { trigger: "student" })).outcome, "passed");
});

test("what was shown solved is not passed by an automatic check", async () => {
  using scene = await open();
  scene.history.solved.add("one");
  using _auto = scene.auto();
  await sleep(200);
  assert.deepEqual([scene.shown, [...scene.history.passed]], [[], []]);
});

test("a check for which the student has left no process ends theirs and runs", async () => {
  let ended = 0;
  using scene = await open({
    makeRoom: async () => {
      ended++;
      await say({});
    },
  });
  await say({ text: "runtime: failed to create new OS thread (have 5 already; errno=11)\n", exit: 2 });
  const { outcome } = await scene.checker.check("one", { trigger: "student" });
  assert.deepEqual([outcome, ended], ["passed", 1]);
});
