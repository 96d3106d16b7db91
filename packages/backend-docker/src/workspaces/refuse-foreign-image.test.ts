import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptedPlatformContracts, AppError, isAppError, labels } from "@atelier/domain";
import type { ImageInspect } from "../engine/shapes.ts";
import { refuseForeignImage } from "./refuse-foreign-image.ts";

const image = (Architecture: string, contract: number | undefined = acceptedPlatformContracts[0]): ImageInspect => ({
  Id: `sha256:${Architecture}`,
  Architecture,
  Os: "linux",
  RepoTags: [],
  Size: 1,
  Config: { Labels: { [labels.platformContract]: String(contract) }, Env: [], Entrypoint: [], Cmd: [] },
});

/** An amd64 engine; `start` is what becomes of a container's start, and its tries are counted. */
const engineWith = (start: () => Promise<void>) => {
  const engine = {
    tries: 0,
    removed: 0,
    info: async () => ({ Architecture: "x86_64" }) as never,
    createContainer: async () => String(++engine.tries),
    startContainer: start,
    waitContainer: async () => 0,
    removeContainer: async () => void engine.removed++,
  };
  return engine;
};

const codeOf = async (engine: ReturnType<typeof engineWith>, wanted: ImageInspect): Promise<string> =>
  refuseForeignImage(engine, wanted).then(
    () => "accepted",
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );

test("an image of the engine's own architecture is taken without a try", async () => {
  const engine = engineWith(() => assert.fail("nothing has to be started"));
  assert.equal(await codeOf(engine, image("amd64")), "accepted");
  assert.equal(await codeOf(engine, image("amd64", 99)), "wrong-contract");
  assert.equal(engine.tries, 0);
});

test("a foreign one is taken when the engine runs it, which is tried once, and refused when it does not", async () => {
  const emulating = engineWith(async () => {});
  for (const _round of [1, 2]) assert.equal(await codeOf(emulating, image("arm64")), "accepted");
  assert.deepEqual([emulating.tries, emulating.removed], [1, 1]);
  const strict = engineWith(async () => {
    throw new AppError("docker-failed", "exec format error");
  });
  for (const _round of [1, 2]) assert.equal(await codeOf(strict, image("arm64")), "wrong-architecture");
  assert.deepEqual([strict.tries, strict.removed], [1, 1]);
});

test("a try that broke off is no answer, and is made again", async () => {
  const engine = engineWith(async () => {
    if (engine.tries === 1) throw new AppError("docker-unreachable", "gone");
  });
  assert.equal(await codeOf(engine, image("arm64")), "docker-unreachable");
  assert.equal(await codeOf(engine, image("arm64")), "accepted");
});
