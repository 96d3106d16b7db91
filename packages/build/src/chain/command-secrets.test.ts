import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError, type PlanLayer } from "@atelier/domain";
import { daggerChain } from "../dagger/dagger-chain.ts";
import { dockerChain } from "../docker/docker-chain.ts";
import type { ChainBuilder, ChainWork } from "./chain-builder.ts";

const command = (...secrets: string[]): PlanLayer => ({
  kind: "command",
  run: "make",
  user: "root",
  cwd: "/",
  secrets,
  digest: "sha256:of-the-plan",
});

const chain = [
  { step: "one", layers: [command(), command("licence")], digest: "sha256:one" },
  { step: "two", layers: [command("token", "given")], digest: "sha256:two" },
  { step: "three", layers: [command("licence", "key")], digest: "sha256:three" },
];

const builders: readonly (readonly [string, ChainBuilder])[] = [
  ["Docker", dockerChain],
  [
    "Dagger",
    daggerChain({ host: () => Promise.reject(new Error("the engine was looked for")), env: {}, cacheFolder: "/none" }),
  ],
];

/** Why a build ends of which some images are there, and what was looked for; an engine that is asked at all ends it too. */
const build = async (make: ChainBuilder, there: ReadonlySet<string>) => {
  const lookedFor = new Set<string>();
  const work = {
    request: {
      plan: { chain },
      workshop: { workdir: "/home/student" },
      secrets: { given: Buffer.from("x") },
      onProgress: () => {},
      signal: new AbortController().signal,
    },
    engine: {
      createContainer: () => Promise.reject(new Error("a container was made")),
    },
    cache: {
      find: async (digest: string) => {
        lookedFor.add(digest);
        return there.has(digest) ? { id: "sha256:there", labels: {}, tags: [] } : undefined;
      },
      forget: () => {},
    },
    ground: { digest: "ground", image: { id: "sha256:ground", config: {} }, student: {} },
    proxies: {},
    now: () => 0,
  } as unknown as ChainWork;
  const error: unknown = await make(work).catch((thrown: unknown) => thrown);
  return { lookedFor: [...lookedFor], said: isAppError(error) ? `${error.message} ${error.hint}` : String(error) };
};

for (const [name, make] of builders)
  test(`${name}: all secrets that the build will need and does not have are named before anything runs`, async () => {
    const { said, lookedFor } = await build(make, new Set());
    assert.equal(
      said,
      'Commands need the build secrets "licence", "token", "key". Pass them: atelier build --secret licence=<file> --secret token=<file> --secret key=<file>',
    );
    // What is there already needs none: all but the last that a builder looks for.
    assert.equal(
      (await build(make, new Set(lookedFor.slice(0, -1)))).said,
      'Commands need the build secrets "licence", "key". Pass them: atelier build --secret licence=<file> --secret key=<file>',
    );
  });
