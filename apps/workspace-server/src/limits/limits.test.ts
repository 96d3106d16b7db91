import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { limitNotices } from "./limit-notices.ts";
import { preferAsVictim } from "./prefer-as-victim.ts";
import { type CgroupCounts, readCgroup } from "./read-cgroup.ts";
import { endProcessesOf, processesOf, type StudentProcess } from "./student-processes.ts";
import { createLimitsWatch } from "./watch-limits.ts";
import { createWrittenBy } from "./written-by.ts";

const folder = await mkdtemp(join(tmpdir(), "atelier-limits-"));
test.after(() => rm(folder, { recursive: true }));
const write = async (files: Record<string, string>): Promise<string> => {
  const root = await mkdtemp(join(folder, "cgroup-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
};

test("both versions of cgroups say the same; what is missing is no limit", async () => {
  const expected: CgroupCounts = { memoryLimit: 536870912, memoryKills: 3, pidsLimit: 100, pidsRefused: 7 };
  const v1 = await write({
    "memory/memory.limit_in_bytes": "536870912\n",
    "memory/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n",
    "pids/pids.max": "100\n",
    "pids/pids.events": "max 7\n",
  });
  const v2 = await write({
    "memory.max": "536870912\n",
    "memory.events": "low 0\nhigh 0\nmax 12\noom 3\noom_kill 3\noom_group_kill 0\n",
    "pids.max": "100\n",
    "pids.events": "max 7\n",
  });
  assert.deepEqual([readCgroup(v1), readCgroup(v2)], [expected, expected]);
  const free = await write({ "memory/memory.limit_in_bytes": "9223372036854771712\n", "pids/pids.max": "max\n" });
  assert.deepEqual(
    [readCgroup(free), readCgroup(join(folder, "none"))],
    [
      { memoryKills: 0, pidsRefused: 0 },
      { memoryKills: 0, pidsRefused: 0 },
    ],
  );
});

test("a limit that was hit is told once, with the program that most likely hit it", async () => {
  let counts: CgroupCounts = { memoryLimit: 2 * 1024 ** 3, memoryKills: 0, pidsLimit: 512, pidsRefused: 0 };
  let processes: StudentProcess[] = [
    { pid: 1, name: "bash", memory: 1 },
    { pid: 2, name: "python3", memory: 9 },
  ];
  let left = 10 * 1024 ** 3;
  const hits: unknown[] = [];
  const look = createLimitsWatch({
    counts: () => counts,
    processes: () => processes,
    written: async (pids) => new Map(pids.map((pid) => [pid, pid * 20 * 1024 ** 2])),
    diskLeft: () => left,
    onHit: ({ resource, limit, process }) => hits.push([resource, limit, process]),
  });
  look();
  counts = { ...counts, memoryKills: 1 };
  processes = processes.slice(0, 1);
  look();
  counts = { ...counts, pidsRefused: 40 };
  processes = [...processes, ...[5, 6, 7].map((pid) => ({ pid, name: "bomb", memory: 0 }))];
  look();
  left = 1024;
  look();
  look();
  await setImmediate();
  left = 10 * 1024 ** 3;
  look();
  // Whoever filled it has ended: who is left wrote next to nothing.
  processes = processes.slice(0, 1);
  left = 0;
  look();
  await setImmediate();
  assert.deepEqual(hits, [
    ["memory", "2 GiB", "python3"],
    ["pids", "512 processes", "bomb"],
    ["disk", "1024 bytes left", "bomb"],
    ["disk", "0 bytes left", undefined],
  ]);
});

test("what a program has written is asked as its user", async () => {
  const path = await write({});
  const child = spawn(
    "/bin/sh",
    ["-c", "dd if=/dev/zero of=big bs=1M count=70 conv=fsync 2>/dev/null; echo; exec cat"],
    {
      cwd: path,
      stdio: ["pipe", "pipe", "ignore"],
    },
  );
  await once(child.stdout, "data");
  const asked: unknown[] = [];
  const student = { name: "student", uid: 1000, gid: 1000, groups: [], home: "/" };
  const written = createWrittenBy({
    student,
    shell: "/bin/sh",
    asIdentity: (identity, argv) => {
      asked.push(identity);
      return argv;
    },
  });
  const found = await written([process.pid, child.pid ?? 0, 4_000_000]);
  child.stdin.end();
  assert.deepEqual([...found.keys()], [process.pid, child.pid]);
  assert.deepEqual(asked, [student]);
  await once(child, "exit");
  assert.deepEqual(await written([child.pid ?? 0]), new Map());
});

test("notices name program and limit, the newest of each kind, for a while", () => {
  const at = (ts: string, process: string) =>
    ({ v: 1, seq: 1, ts, type: "limit-hit", resource: "memory", limit: "2 GiB", process }) as const;
  const hits = [at("2026-01-01T10:00:00Z", "old"), at("2026-01-01T10:01:00Z", "python3")];
  const [notice, ...others] = limitNotices(hits, new Date("2026-01-01T10:02:00Z"));
  assert.match(notice?.cause ?? "", /“python3” was ended by the system: all programs together may use 2 GiB/);
  assert.deepEqual(others, []);
  assert.deepEqual(limitNotices(hits, new Date("2026-01-01T10:07:00Z")), []);
});

test("programs of the student's are the kernel's first choice, and all can be ended at once", async () => {
  const uid = 54_321;
  const child = spawn("/bin/sh", ["-c", "sleep 60 & sleep 60 & wait"], { uid, gid: uid, stdio: "ignore" });
  preferAsVictim(child.pid);
  const of = async (pid: number): Promise<string> => (await readFile(`/proc/${pid}/oom_score_adj`, "utf8")).trim();
  // A forked shell goes by its parent's name until it has become what it runs.
  const sleeping = (): number => processesOf(uid).filter(({ name }) => name === "sleep").length;
  for (const end = performance.now() + 30_000; sleeping() < 2 && performance.now() < end; ) await sleep(10);
  assert.deepEqual(
    processesOf(uid)
      .map(({ name }) => name)
      .sort(),
    ["sh", "sleep", "sleep"],
  );
  assert.equal(await of(child.pid ?? 0), "500");
  const ended = new Promise((resolve) => child.once("close", resolve));
  assert.equal(await endProcessesOf(uid), 3);
  await ended;
  assert.deepEqual(processesOf(uid), []);
  assert.equal(await endProcessesOf(0), 0, "root's are our own");
});
