import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runtimeFileNames, type StateEvent } from "@atelier/contract";
import { openEventLog } from "../events/open-event-log.ts";
import { takeBaseline } from "./checkpoints.ts";
import { createFileWorker } from "./file-worker.ts";
import { openStudentFiles } from "./student-files.ts";

const worker = fileURLToPath(new URL("worker/main.ts", import.meta.url));

test("what changes while somebody or something works is saved within 30 seconds; nobody's changes are not looked for", async ({
  mock,
}) => {
  const root = await mkdtemp(join(tmpdir(), "atelier-student-files-"));
  test.after(() => rm(root, { recursive: true }));
  const [home, runtimeFolder] = [join(root, "home"), join(root, "runtime")];
  await mkdir(home);
  await mkdir(runtimeFolder);
  using files = createFileWorker({
    identity: { name: "student", uid: 1000, gid: 1000, groups: [], home },
    worker: [process.execPath, worker],
    asIdentity: (_identity, argv) => argv,
  });
  using events = openEventLog(runtimeFolder, () => new Date());
  const saved: string[] = [];
  let next = Promise.withResolvers<void>();
  events.subscribe((event: StateEvent) => {
    if (event.type !== "checkpoint") return;
    saved.push(`${event.reason} ${event.files}`);
    next.resolve();
  });
  const baseline = takeBaseline([home], Date.now());
  const errors: unknown[] = [];
  const failed = Promise.withResolvers<void>();
  let activeAt = 0;
  mock.timers.enable({ apis: ["setInterval"] });
  let ids = 0;
  using student = await openStudentFiles(
    {
      runtimeFolder,
      events,
      roots: [home],
      keep: [],
      worker: files,
      image: { step: "one", planDigest: "sha256:0" },
      now: () => new Date(),
      newId: () => `c${++ids}`,
      activeAt: () => activeAt,
      onError: (error) => {
        errors.push(error);
        failed.resolve();
      },
    },
    { isFresh: true, baseline, markLived: async () => {} },
  );
  for (const text of ["first", "second"]) {
    await writeFile(join(home, "notes.txt"), text);
    activeAt = performance.now();
    mock.timers.tick(30_000);
    await next.promise;
    next = Promise.withResolvers();
  }
  await writeFile(join(home, "notes.txt"), "third");
  mock.timers.tick(30_000);
  // In its turn: a look that had begun would be through by then.
  await student.changes();
  assert.deepEqual(saved, ["auto 1", "auto 1"]);

  // The page's editor is no terminal; and what could not be saved is tried again, though nobody works any more.
  const checkpoints = join(runtimeFolder, runtimeFileNames.checkpoints);
  await rename(checkpoints, `${checkpoints}.away`);
  await writeFile(checkpoints, "no folder");
  student.touched();
  mock.timers.tick(30_000);
  await failed.promise;
  assert.equal(saved.length, 2);
  await rm(checkpoints);
  await rename(`${checkpoints}.away`, checkpoints);
  mock.timers.tick(30_000);
  await next.promise;
  next = Promise.withResolvers();
  await student.changes();
  assert.deepEqual(saved, ["auto 1", "auto 1", "auto 1"]);
  errors.splice(0);

  // A home with much in it keeps the process that has seen it: from the next look on that remembers.
  assert.equal(files.isSame, false);
  await Promise.all(Array.from({ length: 2100 }, (_, index) => writeFile(join(home, `many-${index}`), "")));
  for (const text of ["fourth", "fifth"]) {
    await writeFile(join(home, "notes.txt"), text);
    activeAt = performance.now();
    mock.timers.tick(30_000);
    await next.promise;
    next = Promise.withResolvers();
    await student.changes();
  }
  assert.equal(files.isSame, true);
  assert.deepEqual(errors, []);
});
