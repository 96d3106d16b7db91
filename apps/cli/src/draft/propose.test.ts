import assert from "node:assert/strict";
import { test } from "node:test";
import { changedPaths } from "./changed-paths.ts";
import type { GossDraft } from "./goss-draft.ts";
import type { Entry, Machine } from "./machine.ts";
import { propose } from "./propose.ts";

const home = "/home/student";
const entry = (rest: Partial<Entry> = {}): Entry => ({
  type: "file",
  mode: 0o644,
  uid: 1000,
  gid: 1000,
  size: 1,
  changed: 1,
  ...rest,
});
const machine = (rest: Partial<Machine> = {}): Machine => ({
  entries: {},
  users: { root: 0, student: 1000 },
  groups: { root: 0, student: 1000 },
  packages: [],
  ports: [],
  processes: [],
  pages: {},
  repositories: {},
  env: {},
  ...rest,
});
const draft = (
  before: Machine,
  after: Machine,
  texts: { readonly before?: Record<string, string>; readonly after?: Record<string, string> } = {},
): GossDraft =>
  propose({
    before,
    after,
    changed: changedPaths(before, after, [home]),
    textsBefore: texts.before ?? {},
    textsAfter: texts.after ?? {},
    student: { name: "student", home },
  });
/** The assertions alone, which is what counts here. */
const asserted = (proposal: GossDraft): unknown =>
  Object.fromEntries(
    Object.entries(proposal).map(([type, resources]) => [
      type,
      Object.fromEntries(Object.entries(resources).map(([id, { title: _title, meta: _meta, ...rest }]) => [id, rest])),
    ]),
  );

test("new, changed and removed files become assertions, folders only when they say something", () => {
  const before = machine({
    entries: {
      [home]: entry({ type: "directory", mode: 0o755 }),
      [`${home}/kept`]: entry(),
      [`${home}/touched-only`]: entry({ changed: 5 }),
      [`${home}/edited`]: entry({ size: 4 }),
      [`${home}/opened`]: entry({ mode: 0o600 }),
      [`${home}/gone`]: entry({ type: "directory" }),
      [`${home}/gone/below`]: entry(),
    },
  });
  const after = machine({
    entries: {
      [home]: entry({ type: "directory", mode: 0o755, changed: 9 }),
      [`${home}/kept`]: entry(),
      [`${home}/touched-only`]: entry({ changed: 9 }),
      [`${home}/edited`]: entry({ size: 9 }),
      [`${home}/opened`]: entry({ mode: 0o644 }),
      [`${home}/camp`]: entry({ type: "directory", mode: 0o755 }),
      [`${home}/camp/map`]: entry(),
      [`${home}/private`]: entry({ type: "directory", mode: 0o700 }),
      [`${home}/private/key`]: entry({ mode: 0o600 }),
      [`${home}/run.sh`]: entry({ mode: 0o755 }),
      "/etc/app.conf": entry({ uid: 1000 }),
    },
  });
  const proposal = draft(before, after, {
    before: { [`${home}/touched-only`]: "a", [`${home}/edited`]: "one\n", [`${home}/opened`]: "x" },
    after: {
      [`${home}/touched-only`]: "a",
      [`${home}/edited`]: "one\n/two\n",
      [`${home}/opened`]: "x",
      [`${home}/camp/map`]: "north is up\n\ncommit 0123456789abcdef0123\nat 12:30:59\n",
      [`${home}/run.sh`]: "#!/bin/sh\necho hi\n",
    },
  });
  assert.deepEqual(asserted(proposal), {
    file: {
      [`${home}/camp/map`]: { exists: true, contents: ["north is up"] },
      [`${home}/private`]: { exists: true, filetype: "directory", mode: "0700" },
      [`${home}/private/key`]: { exists: true, mode: "0600" },
      [`${home}/run.sh`]: { exists: true },
      "/etc/app.conf": { exists: true, owner: "student" },
      [`${home}/edited`]: { exists: true, contents: ["/\\/two/"] },
      [`${home}/opened`]: { exists: true, mode: "0644" },
      [`${home}/gone`]: { exists: false },
    },
    command: { "~/run.sh can be run": { exec: "test -x ~/run.sh", "exit-status": 0 } },
  });
});

test("packages, users, ports with what they serve, and services without a port", () => {
  assert.deepEqual(
    asserted(
      draft(
        machine({ packages: ["git"] }),
        machine({
          packages: ["git", "nginx"],
          users: { root: 0, student: 1000, app: 1001 },
          groups: { root: 0, student: 1000, app: 1001, team: 1002 },
          ports: ["tcp:8000", "tcp:9000"],
          processes: ["nginx"],
          pages: { "8000": { status: 200, title: "Shop" }, "9000": { status: 404 } },
        }),
      ),
    ),
    {
      package: { nginx: { installed: true } },
      user: { app: { exists: true } },
      group: { team: { exists: true } },
      port: { "tcp:8000": { listening: true }, "tcp:9000": { listening: true } },
      http: { "http://127.0.0.1:8000/": { status: 200, timeout: 3000, body: ["Shop"] } },
    },
  );
  assert.deepEqual(asserted(draft(machine(), machine({ processes: ["cron"] }))), {
    process: { cron: { running: true } },
  });
});

test("repositories: what a student did with git, never a commit's id", () => {
  const repository = {
    branch: "main",
    branches: { main: { commits: 3, subject: "Add soup" }, old: { commits: 1, subject: "First" } },
    tracked: ["soups.md", "secret.txt"],
    isClean: false,
  };
  const after = {
    branch: "main",
    branches: { main: { commits: 4, subject: "It's {a} merge" } },
    tracked: ["soups.md", "herbs.txt"],
    isClean: true,
  };
  const commands = draft(
    machine({ repositories: { [`${home}/book`]: repository } }),
    machine({ repositories: { [`${home}/book`]: after } }),
  )["command"];
  assert.deepEqual(
    Object.values(commands ?? {}).map(({ exec, stdout }) => [exec, stdout]),
    [
      ["cd ~/book && git log -1 --format=%s main", ["/^It's \\{a\\} merge$/"]],
      ["cd ~/book && git rev-list --count main", ["/^4$/"]],
      ["cd ~/book && git for-each-ref --format='%(refname:short)' refs/heads", ["!/^old$/"]],
      ["cd ~/book && git ls-tree -r --name-only HEAD", ["/^herbs\\.txt$/", "!/^secret\\.txt$/"]],
      ["cd ~/book && git status --porcelain", ["!/./"]],
    ],
  );
});

test("a variable is proposed only when nothing else changed", () => {
  const before = machine({ env: { PATH: "/bin" } });
  const env = { PATH: "/bin", CITY: "Berlin" };
  assert.deepEqual(asserted(draft(before, machine({ env }))), {
    command: { "the variable CITY is set": { exec: "printenv CITY", "exit-status": 0, stdout: ["Berlin"] } },
  });
  assert.deepEqual(Object.keys(draft(before, machine({ env, packages: ["git"] }))), ["package"]);
  assert.deepEqual(draft(before, before), {});
});
