import { AppError } from "@atelier/domain";
import type { Builder, BuilderChoice } from "./builder.ts";
import type { ChainBuilder } from "./chain/chain-builder.ts";
import { type BuilderOptions, createBuilder } from "./create-builder.ts";
import { daggerChain, isMadeByDagger } from "./dagger/dagger-chain.ts";
import { createDaggerProbe, type DaggerSearch, findDagger } from "./dagger/dagger-host.ts";
import { dockerChain, isMadeByDocker } from "./docker/docker-chain.ts";

export interface ChooseBuilderOptions extends BuilderOptions {
  readonly choice: BuilderChoice;
  /** argv of a process that keeps a Dagger session for the builds to come; absent: each build has its own. */
  readonly keeper?: readonly [string, ...string[]];
}

/**
 * The builder somebody asks for. A Dagger engine is looked for only when something has to be made: what
 * either builder made before is taken as it is.
 */
export const chooseBuilder = (options: ChooseBuilderOptions): Builder => {
  const { choice, env, cacheFolder, keeper } = options;
  let search: Promise<DaggerSearch> | undefined;
  const find = (signal: AbortSignal): Promise<DaggerSearch> =>
    (search ??= findDagger(env, createDaggerProbe(env, signal)));
  const dagger: ChainBuilder = (work) =>
    daggerChain({
      env,
      cacheFolder,
      ...(keeper ? { keeper } : {}),
      host: async () => {
        const found = await find(work.request.signal);
        if ("host" in found) return found.host;
        throw new AppError("dagger-unreachable", `The Dagger builder cannot be used: ${found.reason}.`, {
          hint: "Install the Dagger CLI and let it reach an engine, or build with `--builder docker`.",
        });
      },
    })(work);
  const auto: ChainBuilder = async (work) => {
    if (await isMadeByDagger(work)) return dagger(work);
    if (await isMadeByDocker(work)) return dockerChain(work);
    const found = await find(work.request.signal);
    if ("host" in found) return dagger(work);
    work.request.onProgress({
      kind: "notice",
      message: `Building with the Docker engine alone: ${found.reason}.`,
    });
    return dockerChain(work);
  };
  return createBuilder(choice, { auto, dagger, docker: dockerChain }[choice], options);
};
