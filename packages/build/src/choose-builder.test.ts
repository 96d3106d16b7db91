import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@atelier/domain";
import type { ChainStep, ChainWork } from "./chain/chain-builder.ts";
import { type EitherChainOptions, eitherChain } from "./choose-builder.ts";

const host = { cli: "/usr/bin/dagger" };
const unreachable = () => new AppError("dagger-unreachable", "No session with the Dagger engine: it did not answer.");

/** Builds twice with one builder; answers who built, how often an engine was looked for, and what was told. */
const build = async (
  dagger: { hasMade?: boolean; fails?: AppError },
  {
    hasDockerMade = false,
    search = { host },
  }: { hasDockerMade?: boolean; search?: Awaited<ReturnType<EitherChainOptions["find"]>> } = {},
) => {
  const told: string[] = [];
  const asked: string[] = [];
  const work = {
    request: { onProgress: (event: { message: string }) => told.push(event.message), signal: undefined },
  } as unknown as ChainWork;
  const chain = (name: string, fails?: AppError) => async (): Promise<readonly ChainStep[]> => {
    asked.push(name);
    if (fails) throw fails;
    return [];
  };
  const either = eitherChain({
    dagger: { chain: chain("dagger", dagger.fails), hasMade: async () => dagger.hasMade === true },
    docker: { chain: chain("docker"), hasMade: async () => hasDockerMade },
    find: async () => {
      asked.push("find");
      return search;
    },
  });
  for (const _build of [1, 2]) await either(work);
  return { asked, told };
};

test("what one of both made is taken as it is, and no engine is looked for", async () => {
  assert.deepEqual(await build({ hasMade: true }), { asked: ["dagger", "dagger"], told: [] });
  assert.deepEqual(await build({}, { hasDockerMade: true }), { asked: ["docker", "docker"], told: [] });
});

test("with an engine Dagger builds, without one Docker does, and says why", async () => {
  assert.deepEqual(await build({}), { asked: ["find", "dagger", "find", "dagger"], told: [] });
  const line = "Building with the Docker engine alone: there is no `dagger` on PATH.";
  assert.deepEqual(await build({}, { search: { reason: "there is no `dagger` on PATH" } }), {
    asked: ["find", "docker", "find", "docker"],
    told: [line, line],
  });
});

test("an engine that is there and does not answer is replaced by Docker with a line, and waited for once", async () => {
  const line = "Building with the Docker engine alone: No session with the Dagger engine: it did not answer.";
  assert.deepEqual(await build({ fails: unreachable() }), {
    asked: ["find", "dagger", "docker", "docker"],
    told: [line, line],
  });
});

test("what a workshop does wrong is not tried again elsewhere", async () => {
  await assert.rejects(build({ fails: new AppError("command-failed", "a command ended with exit code 1") }), {
    code: "command-failed",
  });
});
