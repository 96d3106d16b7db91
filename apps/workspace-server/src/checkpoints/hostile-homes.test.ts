import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openCheckpointStore } from "./checkpoint-store.ts";
import { type Checkpoints, createCheckpoints, takeBaseline } from "./checkpoints.ts";
import { createFileWorker } from "./file-worker.ts";
import { defaultCheckpointLimits } from "./limits.ts";

const workerFile = fileURLToPath(new URL("./worker/main.ts", import.meta.url));

/** What was on the way of a home into a checkpoint and back into a fresh one. */
interface Trip {
  readonly root: string;
  readonly home: string;
  /** Names below the home that could not be saved, with the reason. */
  readonly skipped: Readonly<Record<string, string>>;
  /** The saved bytes. */
  readonly archive: Buffer;
  /** Names below the home that could not be brought back. */
  readonly refused: readonly string[];
}

const isRoot = process.geteuid?.() === 0;
/** Whose home it is: as in a container, where that can be; else of whoever runs the tests. */
const student = { name: "student", uid: isRoot ? 1000 : (process.getuid?.() ?? 0), gid: isRoot ? 1000 : 0, groups: [] };

/** With the student's rights and as the owner of what is made meanwhile. */
const asStudent = async (work: () => Promise<unknown>): Promise<void> => {
  if (!isRoot) return void (await work());
  process.setegid?.(student.gid);
  process.seteuid?.(student.uid);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
};
const asRootAgain = (work: () => void): void => {
  process.seteuid?.(0);
  try {
    work();
  } finally {
    process.seteuid?.(student.uid);
  }
};

const asRootForAWhile = async (work: () => Promise<void>): Promise<void> => {
  process.seteuid?.(0);
  try {
    await work();
  } finally {
    process.seteuid?.(student.uid);
  }
};

let counter = 0;
/** A container standing on the fresh layer of `<root>/home`; `onSave` runs between the look and the save. */
const bootIn = async (
  root: string,
  workers: DisposableStack,
  onSave: () => Promise<unknown> = async () => {},
): Promise<Checkpoints> => {
  const home = join(root, "home");
  const worker = workers.use(
    createFileWorker({
      identity: { ...student, home },
      worker: [process.execPath, workerFile],
      asIdentity: ({ uid, gid }, argv) =>
        isRoot
          ? ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--inh-caps=-all", "--", ...argv]
          : argv,
    }),
  );
  return createCheckpoints(
    {
      store: await openCheckpointStore(join(root, "checkpoints"), (id, cause) => assert.fail(`${id}: ${cause}`)),
      roots: [home],
      keep: [],
      worker: {
        ...worker,
        run: async (order, streams) => {
          if (order.verb === "save") await asStudent(onSave);
          return worker.run(order, streams);
        },
      },
      image: { step: "start", planDigest: "sha256:0" },
      now: () => new Date(1_700_000_000_000 + counter++ * 1000),
      newId: () => `c${counter}`,
    },
    takeBaseline([home], Date.now()),
  );
};

interface Surroundings {
  /** What the image brings. */
  readonly image?: (home: string) => Promise<unknown>;
  /** What programs of the student's do between the look at the home and the save. */
  readonly meanwhile?: (home: string, root: string) => Promise<unknown>;
}

/** A place of its own, a home filled by `fill`, its checkpoint, and that restored into an empty home. */
const trip = async (
  fill: (home: string, root: string) => Promise<unknown>,
  look: (trip: Trip) => Promise<unknown>,
  { image = async () => {}, meanwhile = async () => {} }: Surroundings = {},
): Promise<void> => {
  const root = await mkdtemp(join(tmpdir(), "atelier-hostile-"));
  const home = join(root, "home");
  using workers = new DisposableStack();
  const boot = (): Promise<Checkpoints> => bootIn(root, workers, () => meanwhile(home, root));
  const fresh = (): Promise<void> =>
    asStudent(async () => {
      await mkdir(home);
      await image(home);
    });
  try {
    await chmod(root, 0o777);
    await fresh();
    const before = await boot();
    await asStudent(() => fill(home, root));
    const saved = await before.save("swap");
    assert.ok(saved);
    // Paths longer than PATH_MAX are beyond Node's own removal.
    execFileSync("rm", ["-rf", "--", home]);
    await fresh();
    const report = await (await boot()).restore(saved.id, "exact");
    const below = (path: string): string => path.slice(home.length + 1);
    await look({
      root,
      home,
      skipped: Object.fromEntries(saved.skipped.map(({ path, why }) => [below(path), why])),
      archive: await readFile(join(root, "checkpoints", saved.id, "data.tar")),
      refused: report.skipped.map(({ path }) => below(path)),
    });
  } finally {
    execFileSync("rm", ["-rf", "--", root]);
  }
};

test("hard links come back as files of their own: what they were linked to is not written through them", () =>
  trip(
    async (home, root) => {
      await writeFile(join(root, "outside"), "outside");
      await link(join(root, "outside"), join(home, "linked"));
      await writeFile(join(home, "a"), "twice");
      await link(join(home, "a"), join(home, "b"));
    },
    async ({ root, home, skipped, refused }) => {
      assert.deepEqual([skipped, refused], [{}, []]);
      await writeFile(join(home, "linked"), "changed");
      assert.equal(await readFile(join(root, "outside"), "utf8"), "outside");
      assert.equal((await lstat(join(home, "linked"))).nlink, 1);
      assert.deepEqual(await Promise.all(["a", "b"].map((name) => readFile(join(home, name), "utf8"))), [
        "twice",
        "twice",
      ]);
    },
  ));

test("what became a link to root's files between the look and the save leaks nothing, a file as little as a folder above one", () =>
  trip(
    async (home, root) => {
      const make = async (): Promise<void> => {
        await mkdir(join(root, "outside"));
        await writeFile(join(root, "outside/file"), "root only", { mode: 0o600 });
        // Whoever runs the tests without root's rights owns it, and may read it no more either.
        if (!isRoot) await chmod(join(root, "outside/file"), 0);
      };
      if (isRoot) await asRootForAWhile(make);
      else await make();
      await mkdir(join(home, "folder"));
      for (const name of ["folder/file", "plain", "zz-beside"]) await writeFile(join(home, name), "mine");
    },
    async ({ home, skipped, archive }) => {
      assert.equal(archive.includes("root only"), false);
      assert.equal(await readFile(join(home, "zz-beside"), "utf8"), "mine");
      assert.deepEqual(Object.keys(skipped), ["folder/file"]);
      assert.equal((await lstat(join(home, "plain"))).isSymbolicLink(), true);
    },
    {
      meanwhile: async (home, root) => {
        await rm(join(home, "folder"), { recursive: true });
        await symlink(join(root, "outside"), join(home, "folder"));
        await rm(join(home, "plain"));
        await symlink(join(root, "outside/file"), join(home, "plain"));
      },
    },
  ));

test("setuid, setgid and sticky bits do not come back", () =>
  trip(
    async (home) => {
      await writeFile(join(home, "su"), "#!/bin/sh\nid\n");
      await chmod(join(home, "su"), 0o6755);
      await mkdir(join(home, "shared"));
      await chmod(join(home, "shared"), 0o3777);
    },
    async ({ home }) => {
      const modes = await Promise.all(
        ["su", "shared"].map(async (name) => (await lstat(join(home, name))).mode & 0o7777),
      );
      assert.deepEqual(modes, [0o755, 0o777]);
    },
  ));

test("names with newlines, options, quotes and escape sequences come back as they are; one that is no text is named", () =>
  trip(
    async (home) => {
      for (const name of names) await writeFile(join(home, name), name);
      await writeFile(Buffer.concat([Buffer.from(`${home}/latin-`), Buffer.from([0xe9])]), "é");
      await mkdir(Buffer.concat([Buffer.from(`${home}/folder-`), Buffer.from([0xff])]));
    },
    async ({ home, skipped, refused }) => {
      assert.deepEqual((await readdir(home)).sort(), names.toSorted());
      for (const name of names) assert.equal(await readFile(join(home, name), "utf8"), name);
      assert.deepEqual(skipped, {
        "latin-\ufffd": "its name is not valid UTF-8",
        "folder-\ufffd": "its name is not valid UTF-8",
      });
      assert.deepEqual(refused, []);
    },
  ));
const names = [
  "two\nlines",
  "--checkpoint-action=exec=sh",
  "-rf",
  "$(touch pwned)",
  "' \"`",
  "\u001b]0;title\u0007",
  "back\\slash",
  " leading and trailing ",
  "n".repeat(255),
  "ü".repeat(127),
];

test("sockets, pipes and devices are left out, and no device is ever made", () =>
  trip(
    async (home) => {
      execFileSync("mkfifo", [join(home, "pipe")]);
      execFileSync("python3", [
        "-c",
        "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
        join(home, "socket"),
      ]);
      if (isRoot) asRootAgain(() => execFileSync("mknod", [join(home, "null"), "c", "1", "3"]));
      await writeFile(join(home, "file"), "1");
    },
    async ({ home, refused }) => assert.deepEqual([await readdir(home), refused], [["file"], []]),
  ));

test("a path longer than the system takes is named, and what lies above it comes back", () =>
  trip(
    async (home) => {
      // One folder at a time, as a student's loop would.
      execFileSync("python3", [
        "-c",
        "import os, sys\nos.chdir(sys.argv[1])\nfor n in range(40): os.mkdir('d' * 200); os.chdir('d' * 200)\nopen('file', 'w').close()",
        home,
      ]);
      await writeFile(join(home, "note"), "1");
    },
    async ({ home, skipped, refused }) => {
      assert.equal(await readFile(join(home, "note"), "utf8"), "1");
      assert.deepEqual(Object.values(skipped), ["its path is too long"]);
      assert.deepEqual(refused, []);
      assert.equal((await lstat(join(home, ...Array(15).fill("d".repeat(200))))).isDirectory(), true);
    },
  ));

test("a sparse file of 5 GB and a hundred thousand small ones: what is too much is named, the notes beside it are saved, nothing of the image is deleted", () =>
  trip(
    async (home) => {
      await writeFile(join(home, "sparse.img"), "");
      await truncate(join(home, "sparse.img"), 5 * 1024 ** 3);
      execFileSync("python3", [
        "-c",
        "import os, sys\nos.makedirs(sys.argv[1])\nfor n in range(100000): os.close(os.open(f'{sys.argv[1]}/{n:06}', os.O_CREAT))",
        join(home, "cache/many"),
      ]);
      await mkdir(join(home, "zz"));
      await writeFile(join(home, "zz/notes"), "mine");
      await symlink("zz/notes", join(home, "z-link"));
    },
    async ({ home, skipped, archive }) => {
      const { files } = defaultCheckpointLimits;
      assert.equal(skipped["sparse.img"], "larger than 50 MiB (5 GiB)");
      assert.deepEqual(
        Object.entries(skipped).filter(([path]) => path !== "sparse.img"),
        [["cache/many", `more than ${files} entries altogether: not all of this folder is saved`]],
      );
      assert.equal((await readdir(join(home, "cache/many"))).length > 10_000, true);
      assert.equal(await readFile(join(home, "zz/notes"), "utf8"), "mine");
      assert.equal(archive.length < 100_000_000, true);
      // It was never seen in the full home, which is no deletion.
      assert.equal(await readFile(join(home, "of/the/image/file"), "utf8"), "image");
    },
    {
      image: async (home) => {
        await mkdir(join(home, "of/the/image"), { recursive: true });
        await writeFile(join(home, "of/the/image/file"), "image");
      },
    },
  ));
