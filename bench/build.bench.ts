import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AtelierCli, createAtelierCli, daggerForTests } from "@atelier/testkit";
import { type BenchRow, median, spreadOf } from "./bench-row.ts";

const rounds = 7;
const steps = Array.from({ length: 10 }, (_, index) => `s${index + 1}`);
const last = steps.at(-1) ?? "";

/** No run finds what an earlier one built: it would begin with an engine that has nothing of it, or half. */
const run = Date.now();

/**
 * Ten steps of a file and a command each, in a folder of the builder's own: of one workshop the tags belong to
 * whoever built last, and each would move those of all ten steps back.
 */
const writeWorkshop = (atelier: AtelierCli, builder: string): Promise<void> =>
  atelier.write({
    [`${builder}/workshop.yaml`]: `version: v1\nworkshop:\n  name: bench-${builder}\n  version: "1"\n  title: Bench\nbase:\n  image: debian:12\nsteps: [${steps.join(", ")}]\n`,
    ...Object.fromEntries(
      steps.flatMap((step) => [
        [
          `${builder}/steps/${step}/step.yaml`,
          `title: ${step}\nfiles:\n  - source: files/value\n    target: /srv/${step}/value\n    owner: root\ncommands:\n  - run: cp /srv/${step}/value /srv/${step}/copy\n`,
        ],
        [`${builder}/steps/${step}/files/value`, `${run}\n`],
        [`${builder}/steps/${step}/content.md`, `# ${step}\n`],
      ]),
    ),
  });

/** The last step's image as somebody would write it by hand: files, commands, pages, configuration. */
const containerFile = (base: string): string =>
  [
    `FROM ${base}`,
    ...steps.flatMap((step) => [
      `COPY steps/${step}/files/value /srv/${step}/value`,
      `RUN cp /srv/${step}/value /srv/${step}/copy`,
    ]),
    "COPY workshop.yaml steps /workshop/",
    "LABEL bench=build",
    "",
  ].join("\n");

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

const packer = fileURLToPath(new URL("../scripts/package.ts", import.meta.url));

/** The CLI as it is installed, launcher and all: an author has no checkout whose types are stripped at each start. */
const unpackCli = async (): Promise<{ readonly launcher: string } & AsyncDisposable> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-bench-"));
  const file = execFileSync(process.execPath, [packer, folder], { encoding: "utf8" }).trim();
  execFileSync("tar", ["-xzf", file, "-C", folder]);
  return {
    launcher: join(folder, "package/bin/atelier.mjs"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
};

/**
 * Editing a file of the last step of ten, and building with nothing edited, beside `docker build`. Measured with
 * the packed CLI; `ATELIER_BENCH_CHECKOUT=1` measures the sources of this checkout instead.
 */
export default async (): Promise<readonly BenchRow[]> => {
  await using packed = process.env.ATELIER_BENCH_CHECKOUT ? undefined : await unpackCli();
  await using atelier = await createAtelierCli(daggerForTests()?.env, packed?.launcher);
  const peerFile = join(atelier.folder, "Dockerfile");
  const builders = daggerForTests() ? (["docker", "dagger"] as const) : (["docker"] as const);
  for (const builder of builders) {
    await writeWorkshop(atelier, builder);
    await atelier.succeed("build", builder, "--builder", builder);
  }
  await mkdir(join(atelier.folder, "peer"), { recursive: true });
  await writeFile(peerFile, containerFile("atelier-base/debian:bookworm"));
  const peerBuild = async (): Promise<void> => {
    execFileSync(
      "docker",
      ["build", "-q", "-t", "atelier-bench-peer", "-f", peerFile, join(atelier.folder, "docker")],
      {
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
  };
  await peerBuild();

  const peer: number[] = [];
  const edited = new Map<string, number[]>(builders.map((name) => [name, []]));
  const unchanged = new Map<string, number[]>(builders.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // One edit for all of them: each builds it for the first time.
    const edit = `${round} ${Date.now()}\n`;
    for (const name of builders) await writeFile(join(atelier.folder, name, `steps/${last}/files/value`), edit);
    peer.push(await timed(peerBuild));
    for (const name of builders) {
      const build = () => atelier.succeed("build", name, "--builder", name);
      edited.get(name)?.push(await timed(build));
      unchanged.get(name)?.push(await timed(build));
    }
  }
  execFileSync("docker", ["rmi", "-f", "atelier-bench-peer"], { stdio: "ignore" });
  // What an engine holds makes its lists longer, and every build slower.
  const images = execFileSync("docker", ["images", "-q"], { encoding: "utf8" }).trim().split("\n").length;
  process.stderr.write(`build: the engine holds ${images} named images\n`);
  const from = packed ? "" : " (checkout)";
  return builders.flatMap((name): readonly BenchRow[] => {
    const [first, again] = [edited.get(name) ?? [], unchanged.get(name) ?? []];
    const ratio = median(first) / median(peer);
    return [
      {
        name: `build: last step of ten edited, ${name} builder${from}`,
        unit: "ms",
        ours: median(first),
        peer: median(peer),
        ratio,
        goal: "≤ 1.2 × docker build",
        met: ratio <= 1.2,
        spread: spreadOf(first),
      },
      {
        name: `build: nothing edited, ${name} builder${from}`,
        unit: "ms",
        ours: median(again),
        peer: null,
        ratio: null,
        goal: "≤ 1500",
        met: median(again) <= 1500,
        spread: spreadOf(again),
      },
    ];
  });
};
