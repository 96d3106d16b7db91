import { AppError, isAppError } from "@atelier/domain";
import type { Builder, BuilderChoice } from "./builder.ts";
import type { ChainBuilder, ChainWork } from "./chain/chain-builder.ts";
import { type BuilderOptions, createBuilder } from "./create-builder.ts";
import { daggerChain, isMadeByDagger } from "./dagger/dagger-chain.ts";
import { createDaggerProbe, type DaggerSearch, findDagger, rememberFailures } from "./dagger/dagger-host.ts";
import { dockerChain, isMadeByDocker } from "./docker/docker-chain.ts";

export interface ChooseBuilderOptions extends BuilderOptions {
  readonly choice: BuilderChoice;
  /** argv of a process that keeps a Dagger session for the builds to come; absent: each build has its own. */
  readonly keeper?: readonly [string, ...string[]];
}

/** For whoever insists on Dagger, in ms: its engine's image may have to be pulled over a slow line. */
const firstStartMs = 15 * 60 * 1000;

/**
 * The builder somebody asks for. A Dagger engine is looked for only when something has to be made: what
 * either builder made before is taken as it is.
 */
export const chooseBuilder = (options: ChooseBuilderOptions): Builder => {
  const { choice, env, cacheFolder, keeper } = options;
  let search: Promise<DaggerSearch> | undefined;
  const insists = choice === "dagger";
  const find = ({ memory, now, request: { signal, onProgress } }: ChainWork): Promise<DaggerSearch> =>
    (search ??= findDagger(
      env,
      rememberFailures(
        createDaggerProbe(env, {
          signal,
          startMs: insists ? firstStartMs : 20_000,
          onSlow: () => {
            if (insists)
              onProgress({ kind: "notice", message: "Starting the Dagger engine; the first time it is pulled." });
          },
        }),
        { memory, now, insists },
      ),
    ));
  const dagger: ChainBuilder = (work) =>
    daggerChain({
      env,
      cacheFolder,
      ...(keeper ? { keeper } : {}),
      host: async () => {
        const found = await find(work);
        work.request.signal.throwIfAborted();
        if ("host" in found) return found.host;
        throw new AppError("dagger-unreachable", `The Dagger builder cannot be used: ${found.reason}.`, {
          hint: "Install the Dagger CLI and let it reach an engine (`dagger core version` tries that by hand), or build with `--builder docker`.",
        });
      },
    })(work);
  const auto = eitherChain({
    dagger: { chain: dagger, hasMade: isMadeByDagger },
    docker: { chain: dockerChain, hasMade: isMadeByDocker },
    find,
  });
  return createBuilder(choice, { auto, dagger, docker: dockerChain }[choice], options);
};

interface Maker {
  readonly chain: ChainBuilder;
  readonly hasMade: (work: ChainWork) => Promise<boolean>;
}

export interface EitherChainOptions {
  readonly dagger: Maker;
  readonly docker: Maker;
  readonly find: (work: ChainWork) => Promise<DaggerSearch>;
}

/**
 * Whoever made everything before; else Dagger, or the Docker engine with one line that says why. An engine that was
 * found and then does not answer is not asked again.
 */
export const eitherChain = ({ dagger, docker, find }: EitherChainOptions): ChainBuilder => {
  let silent: string | undefined;
  return async (work) => {
    if (await dagger.hasMade(work)) return dagger.chain(work);
    if (await docker.hasMade(work)) return docker.chain(work);
    const found = silent === undefined ? await find(work) : { reason: silent };
    let reason: string;
    if ("reason" in found) reason = found.reason;
    else
      try {
        return await dagger.chain(work);
      } catch (error) {
        if (!isAppError(error) || error.code !== "dagger-unreachable") throw error;
        reason = silent = error.message.replace(/\.$/, "");
      }
    work.request.onProgress({ kind: "notice", message: `Building with the Docker engine alone: ${reason}.` });
    return docker.chain(work);
  };
};
