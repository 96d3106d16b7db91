import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { platformPaths } from "@atelier/contract";
import { type BuildRecord, buildRecordSchema } from "@atelier/domain";
import { type AtelierCli, createAtelierCli, openWorkspace } from "@atelier/testkit";
import { containersOf, waitingOf, writeSwapWorkshop } from "./swap-workshop.ts";

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8" }).trim();

/** Makes a copy of an image in which nothing can wait, as it was built before decision 13. Answers its id. */
const withoutDash = (image: string): string => {
  const entrypoint = docker("image", "inspect", "-f", "{{json .Config.Entrypoint}}", image);
  const container = docker("create", "--entrypoint", "/bin/rm", image, platformPaths.dash);
  try {
    docker("start", "--attach", container);
    return docker("commit", "--change", `ENTRYPOINT ${entrypoint}`, "--change", "CMD []", container);
  } finally {
    docker("rm", "-f", container);
  }
};

interface OldImages extends Disposable {
  /** Ids by step. */
  readonly ids: Readonly<Record<string, string>>;
}

/** Puts such copies into the workshop's only build record. */
const makeOld = (atelier: AtelierCli, wanted: readonly string[]): OldImages => {
  const [file = "", ...others] = readdirSync(join(atelier.stateDirectory, "records"));
  assert.deepEqual(others, []);
  const path = join(atelier.stateDirectory, "records", file);
  const record = buildRecordSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  const ids: Record<string, string> = {};
  const steps: BuildRecord["steps"] = record.steps.map(({ step, images, ...rest }) => ({
    ...rest,
    step,
    images: images.map((image) => {
      if (!wanted.includes(step)) return image;
      const id = withoutDash(image.configDigest);
      ids[step] = id;
      return { ...image, configDigest: id };
    }),
  }));
  writeFileSync(path, JSON.stringify({ ...record, steps }));
  return {
    ids,
    [Symbol.dispose]: () => {
      docker("image", "rm", "-f", ...Object.values(ids));
    },
  };
};

/** Names of the events that the supervisor has logged. */
const logged = (atelier: AtelierCli): readonly string[] =>
  readFileSync(join(atelier.stateDirectory, "supervisor.log"), "utf8")
    .split("\n")
    .flatMap((line) => /"event":"([^"]+)"/.exec(line)?.[1] ?? []);

const look = async (url: string, command: string): Promise<string> => {
  using terminal = await (await openWorkspace(url)).terminal();
  return await terminal.run(command, 20_000);
};

const until = async (isSo: () => boolean): Promise<void> => {
  for (const end = performance.now() + 30_000; !isSo(); await sleep(50))
    assert.ok(performance.now() < end, `not within 30 s: ${String(isSo)}`);
};

test("on an image without the shell that waits nothing is made ready, and the move is made as ever", async () => {
  // Containers stand on these images until the workspace is removed.
  using stack = new DisposableStack();
  await using atelier = await createAtelierCli();
  await writeSwapWorkshop(atelier);
  const url = (await atelier.succeed("run", "swaps", "--step", "two")).stdout.trim();
  await until(() => logged(atelier).includes("next.waits"));
  const old = stack.use(makeOld(atelier, ["two", "three"]));

  await atelier.succeed("goto", "swaps", "three");
  assert.equal(docker("inspect", "-f", "{{.Image}}", containersOf(atelier)[0] ?? ""), old.ids["two"]);
  await look(url, "echo mine > ~/notes");
  // The one that was to wait for the next step has ended at once.
  await until(() => /prewarm\.failed|next\.waits/.test(logged(atelier).at(-1) ?? ""));
  await until(() => waitingOf(atelier).every((id) => docker("inspect", "-f", "{{.State.Running}}", id) === "false"));

  await atelier.succeed("next", "swaps", "three");
  assert.equal(docker("inspect", "-f", "{{.Image}}", containersOf(atelier)[0] ?? ""), old.ids["three"]);
  assert.match(await look(url, "cat ~/notes ~/made-by-three"), /mine\r\nthree/);
  assert.equal(containersOf(atelier).length, 1);
  assert.deepEqual(waitingOf(atelier), []);
  assert.deepEqual(
    logged(atelier).filter((event) => /rolled-back|request\.failed|not-removed/.test(event)),
    [],
  );
});
