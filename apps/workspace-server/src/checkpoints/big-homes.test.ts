import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openCheckpointStore } from "./checkpoint-store.ts";
import { type Checkpoints, createCheckpoints, takeBaseline } from "./checkpoints.ts";
import { createFileWorker } from "./file-worker.ts";
import { defaultCheckpointLimits } from "./limits.ts";
import { type ScanOptions, scanRoots } from "./scan-roots.ts";

const workerFile = fileURLToPath(new URL("./worker/main.ts", import.meta.url));

interface Home {
  readonly root: string;
  readonly home: string;
  readonly file: (name: string, text?: string) => void;
  /** So many small files below a folder, in folders of a hundred. */
  readonly fill: (folder: string, count: number) => void;
  readonly boot: () => Promise<Checkpoints>;
}

const withHome = async (work: (home: Home) => Promise<void> | void): Promise<void> => {
  const root = mkdtempSync(join(tmpdir(), "atelier-big-"));
  const home = join(root, "home");
  using workers = new DisposableStack();
  let made = 0;
  const file = (name: string, text = ""): void => {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  };
  try {
    mkdirSync(home);
    await work({
      root,
      home,
      file,
      fill: (folder, count) => {
        for (let n = 0; n < count; n += 100) mkdirSync(join(home, folder, `p${n}`), { recursive: true });
        for (let n = 0; n < count; n++) writeFileSync(join(home, folder, `p${n - (n % 100)}`, `f${n}`), "");
      },
      boot: async () =>
        createCheckpoints(
          {
            store: await openCheckpointStore(join(root, "checkpoints"), (id, cause) => assert.fail(`${id}: ${cause}`)),
            roots: [home],
            keep: [],
            worker: workers.use(
              createFileWorker({
                identity: { name: "student", uid: 1000, gid: 1000, groups: [], home },
                worker: [process.execPath, workerFile],
                asIdentity: (_identity, argv) => argv,
              }),
            ),
            image: { step: "start", planDigest: "sha256:0" },
            now: () => new Date(1_700_000_000_000 + made * 1000),
            newId: () => `c${made++}`,
          },
          takeBaseline([home], Date.now()),
        ),
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

const work = "project/src/app/feature/work.ts";

test("24,000 files in node_modules take nothing from the student's own: an edit is seen, saved, and comes along", () =>
  withHome(async ({ home, file, fill, boot }) => {
    file(work, "image");
    file("project/src/gone.ts", "image");
    fill("project/node_modules", 24_000);
    const before = await boot();
    assert.equal(await before.hasChanges(), false);
    assert.deepEqual(await before.changes(), { changed: [], skipped: [] }, "what the image brought is not lost");

    file(work, "mine");
    file("project/src/app/new.ts", "new");
    rmSync(join(home, "project/src/gone.ts"));
    file("project/node_modules/p0/f0", "patched");
    assert.equal(await before.hasChanges(), true);
    const { changed } = await before.changes();
    assert.deepEqual(
      changed.map(({ path, change }) => [path.slice(home.length + 1), change]),
      [
        ["project/node_modules/p0/f0", "new"],
        ["project/src/app/feature/work.ts", "changed"],
        ["project/src/app/new.ts", "new"],
        ["project/src/gone.ts", "deleted"],
      ],
    );
    const saved = await before.save("swap");
    assert.deepEqual([saved?.skipped, saved?.deleted], [[], [join(home, "project/src/gone.ts")]]);

    // The next container brings the image's version of everything.
    file(work, "image");
    rmSync(join(home, "project/src/app/new.ts"));
    file("project/src/gone.ts", "image");
    await (await boot()).restore(saved?.id ?? "", "carry-over");
    const read = (name: string): string => readFileSync(join(home, name), "utf8");
    assert.deepEqual([read(work), read("project/src/app/new.ts")], ["mine", "new"]);
    assert.throws(() => read("project/src/gone.ts"), /ENOENT/);
    assert.equal(read("project/node_modules/p1000/f1000"), "");
  }));

test("24,000 files that the student installs are left out by the name of their folder, and their work is not", () =>
  withHome(async ({ home, file, fill, boot }) => {
    file(work, "image");
    const before = await boot();
    file(work, "mine");
    fill("project/node_modules", 24_000);
    const { changed, skipped } = await before.changes();
    assert.deepEqual(skipped, [
      {
        path: join(home, "project/node_modules"),
        why: `more than ${defaultCheckpointLimits.files} entries altogether: not all of this folder is saved`,
      },
    ]);
    assert.ok(changed.some(({ path }) => path === join(home, work)));
  }));

test("what can be built anew is written last: it does not use up the bytes of a checkpoint either", () =>
  withHome(async ({ home, file, boot }) => {
    const before = await boot();
    const { fileBytes, totalBytes } = defaultCheckpointLimits;
    // Holes: they take no room here, and all of a checkpoint's.
    for (let n = 0; n < totalBytes / fileBytes; n++) {
      file(`project/node_modules/blob${n}`);
      truncateSync(join(home, `project/node_modules/blob${n}`), fileBytes);
    }
    file(work, "mine");
    const saved = await before.save("swap");
    assert.deepEqual(
      saved?.skipped.map(({ path }) => path),
      [join(home, "project/node_modules/blob3")],
    );
  }));

const look = (home: string, files: number, fresh?: ScanOptions["fresh"]): readonly string[] => {
  const { entries } = scanRoots({
    roots: [home],
    limits: { ...defaultCheckpointLimits, files },
    fresh,
  });
  return Object.keys(entries).map((path) => path.slice(home.length + 1));
};

test("no folder, whatever its name, uses up what others need", () =>
  withHome(({ home, file, fill }) => {
    fill("data", 3000);
    for (let n = 0; n < 2000; n++) file(`flat/${n}`);
    file(work);
    file("zz/notes");
    const found = look(home, 1000);
    assert.ok(found.includes(work) && found.includes("zz/notes"));
    assert.ok(found.length > 900 && found.length <= 1000, String(found.length));
    const { skipped, unseen } = scanRoots({ roots: [home], limits: { ...defaultCheckpointLimits, files: 1000 } });
    assert.ok(skipped.length <= 21, "many folders are counted, not listed");
    assert.ok(unseen.includes(join(home, "flat")) && !unseen.includes(join(home, "zz")));
  }));

test("in a folder with too much, what changed since the image comes first", () =>
  withHome(async ({ home, file }) => {
    for (let n = 0; n < 2000; n++) file(`flat/${n}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const at = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 50));
    file("flat/999", "mine");
    file("flat/zz", "new");
    const found = look(home, 100, { at, unseen: [] });
    assert.ok(found.includes("flat/999") && found.includes("flat/zz"));
    // Of a folder that was too much already in the image only the changes count.
    assert.deepEqual(look(home, 100, { at, unseen: [join(home, "flat")] }), ["flat", "flat/999", "flat/zz"]);
  }));
