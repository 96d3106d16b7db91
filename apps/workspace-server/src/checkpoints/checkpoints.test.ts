import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openCheckpointStore } from "./checkpoint-store.ts";
import { type Checkpoints, createCheckpoints, takeBaseline } from "./checkpoints.ts";
import { createFileWorker, type FileWorker } from "./file-worker.ts";

const workerFile = fileURLToPath(new URL("./worker/main.ts", import.meta.url));

interface Place {
  readonly root: string;
  readonly home: string;
  /** A container standing on a fresh layer: takes its own baseline of what is in home now. */
  readonly boot: (step: string, needed?: () => Iterable<string>) => Promise<Checkpoints>;
  readonly file: (name: string, text: string) => Promise<void>;
  readonly text: (name: string) => Promise<string | undefined>;
}

test("a look at a big home that has not changed is answered in a word, by a process that began with it, too", () =>
  withPlace(async ({ home, root, file }) => {
    await file("a/b", "1");
    const answers: unknown[] = [];
    // Not kept warm: each order has a process of its own.
    using worker = createFileWorker({
      identity: { name: "student", uid: 1000, gid: 1000, groups: [], home },
      worker: [process.execPath, workerFile],
      asIdentity: (_identity, argv) => argv,
    });
    const heard: FileWorker = {
      ...worker,
      isSame: false,
      run: async (...order) => {
        const answer = await worker.run(...order);
        answers.push(answer);
        return answer;
      },
    };
    const checkpoints = createCheckpoints(
      {
        store: await openCheckpointStore(join(root, "checkpoints"), (id, cause) => assert.fail(`${id}: ${cause}`)),
        roots: [home],
        keep: [],
        worker: heard,
        image: { step: "start", planDigest: "sha256:0" },
        now: () => new Date(),
        newId: () => "c1",
      },
      takeBaseline([home], Date.now()),
    );
    assert.equal(await checkpoints.hasChanges(), false);
    assert.equal(await checkpoints.hasChanges(), false);
    assert.deepEqual(answers[1], { unchanged: true });
    await file("a/b", "2");
    assert.equal(await checkpoints.hasChanges(), true);
    assert.equal((await checkpoints.save("auto"))?.files, 1);
    assert.deepEqual(answers[3], { unchanged: true });
    await rm(join(home, "a"), { recursive: true });
    assert.equal(await checkpoints.hasChanges(), true);
  }));

const withPlace = async (run: (place: Place) => Promise<void>): Promise<void> => {
  const root = await mkdtemp(join(tmpdir(), "atelier-checkpoints-"));
  const home = join(root, "home");
  let counter = 0;
  using workers = new DisposableStack();
  try {
    await mkdir(home);
    await run({
      root,
      home,
      boot: async (step, needed) => {
        const worker = workers.use(
          createFileWorker({
            identity: { name: "student", uid: 1000, gid: 1000, groups: [], home },
            worker: [process.execPath, workerFile],
            asIdentity: (_identity, argv) => argv,
          }),
        );
        worker.keepWarm(60_000);
        return createCheckpoints(
          {
            store: await openCheckpointStore(join(root, "checkpoints"), (id, cause) => assert.fail(`${id}: ${cause}`)),
            roots: [home],
            keep: [],
            worker,
            image: { step, planDigest: "sha256:0" },
            now: () => new Date(1_700_000_000_000 + counter++ * 1000),
            newId: () => `c${counter}`,
            ...(needed ? { needed } : {}),
          },
          takeBaseline([home], Date.now()),
        );
      },
      file: async (name, text) => {
        await mkdir(join(home, name, ".."), { recursive: true });
        await writeFile(join(home, name), text);
      },
      text: (name) => readFile(join(home, name), "utf8").catch(() => undefined),
    });
  } finally {
    await rm(root, { recursive: true });
  }
};

/** Empties the home and puts another image's files there, as a new container would have. */
const freshLayer = async ({ home, file }: Place, files: Record<string, string>): Promise<void> => {
  for (const name of await readdir(home)) await rm(join(home, name), { recursive: true });
  for (const [name, text] of Object.entries(files)) await file(name, text);
};

test("an archive that is gone fails whoever reads it, and nobody before", () =>
  withPlace(async ({ root }) => {
    const store = await openCheckpointStore(join(root, "checkpoints"), () => {});
    const gone = store.openArchive("none");
    // Time enough for an error that nobody hears yet, which would end the process.
    await new Promise((resolve) => setTimeout(resolve, 30));
    await assert.rejects(buffer(gone), { code: "ENOENT" });
  }));

test("the same image brings everything back exactly: edits, deletions, links, modes", () =>
  withPlace(async (place) => {
    const image = { ".bashrc": "image", "gone.txt": "image", "same.txt": "image" };
    await freshLayer(place, image);
    const before = await place.boot("start");
    await place.file(".bashrc", "mine");
    await place.file("new/deep.txt", "mine");
    await chmod(join(place.home, "new/deep.txt"), 0o640);
    await symlink("deep.txt", join(place.home, "new/link"));
    await rm(join(place.home, "gone.txt"));
    const saved = await before.save("stop");
    assert.ok(saved);

    await freshLayer(place, image);
    const after = await place.boot("start");
    const report = await after.restore(saved.id, "exact");
    assert.deepEqual(
      {
        bashrc: await place.text(".bashrc"),
        deep: await place.text("new/deep.txt"),
        mode: (await lstat(join(place.home, "new/deep.txt"))).mode & 0o777,
        link: await readlink(join(place.home, "new/link")),
        gone: await place.text("gone.txt"),
        same: await place.text("same.txt"),
        skipped: report.skipped,
      },
      { bashrc: "mine", deep: "mine", mode: 0o640, link: "deep.txt", gone: undefined, same: "image", skipped: [] },
    );
  }));

test("the next image keeps the student's work where the step changed nothing, and names what both changed", () =>
  withPlace(async (place) => {
    await freshLayer(place, { "app.py": "v1", "notes.txt": "image", "old.txt": "image" });
    const before = await place.boot("start");
    await place.file("app.py", "mine");
    await place.file("notes.txt", "mine");
    await place.file("extra.txt", "mine");
    const saved = await before.save("swap");
    assert.ok(saved);

    await freshLayer(place, { "app.py": "v2", "notes.txt": "image", "step.txt": "new" });
    const after = await place.boot("one");
    const report = await after.restore(saved.id, "carry-over");
    assert.deepEqual(
      {
        app: await place.text("app.py"),
        notes: await place.text("notes.txt"),
        extra: await place.text("extra.txt"),
        old: await place.text("old.txt"),
        step: await place.text("step.txt"),
        conflicts: report.conflicts.map(({ unit, mine }) => [unit.slice(place.home.length), mine]),
      },
      { app: "v2", notes: "mine", extra: "mine", old: undefined, step: "new", conflicts: [["/app.py", "changed"]] },
    );
  }));

test("a symlink farm, a FIFO, a 5 GB file and a file named like an option do no harm", () =>
  withPlace(async (place) => {
    const secret = join(place.root, "secret");
    await writeFile(secret, "root only");
    await freshLayer(place, {});
    const before = await place.boot("start");
    for (let n = 0; n < 200; n++) await symlink(n % 2 ? secret : `farm${n - 1}`, join(place.home, `farm${n}`));
    await symlink(place.root, join(place.home, "way-out"));
    execFileSync("mkfifo", [join(place.home, "pipe")]);
    await place.file("huge.bin", "");
    await truncate(join(place.home, "huge.bin"), 5 * 1024 ** 3);
    await place.file("--checkpoint-action=exec=sh", "harmless");
    const saved = await before.save("swap");
    assert.ok(saved);
    assert.deepEqual(
      saved.skipped.map(({ path, why }) => [path.slice(place.home.length), why]),
      [["/huge.bin", "larger than 50 MiB (5 GiB)"]],
    );
    const archive = await readFile(join(place.root, "checkpoints", saved.id, "data.tar"));
    assert.equal(archive.includes("root only"), false);

    await freshLayer(place, {});
    const beside = await readdir(place.root);
    const after = await place.boot("start");
    const report = await after.restore(saved.id, "exact");
    assert.equal(await place.text("--checkpoint-action=exec=sh"), "harmless");
    assert.equal(await readlink(join(place.home, "farm1")), secret);
    assert.equal(await readlink(join(place.home, "way-out")), place.root);
    assert.equal(await readFile(secret, "utf8"), "root only");
    // Nothing came to lie beside the home, and the pipe is nowhere.
    assert.deepEqual(await readdir(place.root), beside);
    assert.equal((await readdir(place.home)).includes("pipe"), false);
    assert.deepEqual(report.skipped, []);
  }));

test("a big file that the image brought is not lost with the container; one that was written over is", () =>
  withPlace(async (place) => {
    await freshLayer(place, { "notes.txt": "the image's" });
    for (const name of ["set.bin", "model.bin"]) {
      await place.file(name, "");
      await truncate(join(place.home, name), 60 * 1024 ** 2);
    }
    const checkpoints = await place.boot("start");
    await place.file("notes.txt", "mine");
    await place.file("model.bin", "mine");
    await truncate(join(place.home, "model.bin"), 60 * 1024 ** 2);
    const lost = [{ path: join(place.home, "model.bin"), why: "larger than 50 MiB (60 MiB)" }];
    assert.deepEqual((await checkpoints.changes()).skipped, lost);
    assert.deepEqual((await checkpoints.save("swap"))?.skipped, lost);
  }));

test("restoring never writes through a link that stands where a folder was", () =>
  withPlace(async (place) => {
    await freshLayer(place, { "d/a": "1" });
    const before = await place.boot("start");
    await place.file("d/mine", "mine");
    const saved = await before.save("swap");
    assert.ok(saved);
    await freshLayer(place, {});
    await mkdir(join(place.root, "outside"));
    await symlink(join(place.root, "outside"), join(place.home, "d"));
    const after = await place.boot("start");
    const report = await after.restore(saved.id, "carry-over");
    assert.deepEqual(await readdir(join(place.root, "outside")), []);
    assert.deepEqual(report.conflicts.length + report.skipped.length > 0, true);
  }));

test("an automatic checkpoint is made only when something changed", () =>
  withPlace(async (place) => {
    await freshLayer(place, { a: "1" });
    const checkpoints = await place.boot("start");
    assert.equal(await checkpoints.hasChanges(), false);
    await place.file("a", "2");
    assert.equal(await checkpoints.hasChanges(), true);
    assert.ok(await checkpoints.save("auto"));
    assert.equal(await checkpoints.hasChanges(), false);
    assert.equal(await checkpoints.save("auto"), undefined);
    assert.equal((await checkpoints.list()).length, 1);
  }));

test("what a step replaced is shown side by side, and the student's version is one order away", () =>
  withPlace(async (place) => {
    await freshLayer(place, { "app.py": "a\nb\nc\n", "gone.txt": "image" });
    const before = await place.boot("start");
    await place.file("app.py", "a\nmine\nc\n");
    await rm(join(place.home, "gone.txt"));
    const saved = await before.save("swap");
    assert.ok(saved);
    await freshLayer(place, { "app.py": "a\nstep\nc\n", "gone.txt": "step" });
    const after = await place.boot("one");
    await after.restore(saved.id, "carry-over");
    const at = (name: string): string => join(place.home, name);
    assert.deepEqual(await after.replaced(saved.id), [
      {
        conflict: { unit: at("app.py"), paths: [at("app.py")], mine: "changed" },
        files: [
          {
            path: at("app.py"),
            mine: { is: "text", text: "a\nmine\nc\n" },
            image: { is: "text", text: "a\nstep\nc\n" },
          },
        ],
      },
      {
        conflict: { unit: at("gone.txt"), paths: [at("gone.txt")], mine: "deleted" },
        files: [{ path: at("gone.txt"), mine: undefined, image: { is: "text", text: "step" } }],
      },
    ]);
    await after.take(saved.id, at("app.py"));
    await after.take(saved.id, at("gone.txt"));
    assert.deepEqual([await place.text("app.py"), await place.text("gone.txt")], ["a\nmine\nc\n", undefined]);
  }));

test("a repository in the middle of a merge is never mixed: the step's stands, the student's comes back whole", () =>
  withPlace(async (place) => {
    const image = { "repo/.git/HEAD": "ref: main", "repo/.git/index": "1", "repo/a.txt": "base", "repo/same.txt": "s" };
    const repository = async (): Promise<Record<string, string | undefined>> => {
      const names = await readdir(join(place.home, "repo"), { recursive: true, withFileTypes: true });
      const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      const texts = files.sort().map(async (path) => [path.slice(place.home.length + 1), await readFile(path, "utf8")]);
      return Object.fromEntries(await Promise.all(texts));
    };
    await freshLayer(place, image);
    const before = await place.boot("start");
    await place.file("repo/.git/MERGE_HEAD", "other");
    await place.file("repo/.git/index", "2");
    await place.file("repo/a.txt", "<<<<<<< mine");
    const merging = await repository();
    const saved = await before.save("swap");
    assert.ok(saved);

    const next = { ...image, "repo/.git/index": "3", "repo/by-step.txt": "one" };
    await freshLayer(place, next);
    const after = await place.boot("one");
    const { conflicts } = await after.restore(saved.id, "carry-over");
    assert.deepEqual(
      conflicts.map(({ unit }) => unit),
      [join(place.home, "repo")],
    );
    assert.deepEqual(await repository(), next, "the step's is whole");
    await after.take(saved.id, join(place.home, "repo"));
    assert.deepEqual(await repository(), merging, "and so is the student's, with its merge under way");
  }));

test("automatic checkpoints push out none that was asked for, and none that somebody needs", () =>
  withPlace(async (place) => {
    const needed = new Set<string>();
    await freshLayer(place, { a: "0" });
    const checkpoints = await place.boot("start", () => needed);
    const first = await checkpoints.save("swap");
    needed.add(first?.id ?? "");
    const reasons = async (): Promise<string[]> => (await checkpoints.list()).map(({ reason }) => reason).sort();
    for (let n = 1; n <= 5; n++) {
      await place.file("a", String(n));
      await checkpoints.save("auto");
    }
    assert.deepEqual(await reasons(), ["auto", "auto", "auto", "swap"]);
    for (let n = 0; n < 11; n++) {
      await place.file("a", `m${n}`);
      await checkpoints.save("manual");
    }
    const kept = await checkpoints.list();
    assert.equal(kept.filter(({ reason }) => reason === "manual").length, 10);
    assert.equal(kept.filter(({ reason }) => reason === "auto").length, 3);
    assert.equal(
      kept.some(({ id }) => id === first?.id),
      true,
      "undo leads to it",
    );
  }));
