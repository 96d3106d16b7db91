import type { Engine } from "@atelier/backend-docker";
import { nameInEngine, readLogin, registryIn, registryOf } from "@atelier/build";
import { AppError, isAppError } from "@atelier/domain";
import type { Context } from "../context.ts";
import { builtServiceName, serviceTag } from "./images-of-record.ts";
import { readCompiled, repositoryOf } from "../record-of-image.ts";

/**
 * Brings the images of a workshop that are not here from a registry: a student moves between them, so one alone
 * would be half a workshop. A name without a registry's host is left alone.
 * Throws `AppError` `image-not-pulled`.
 */
export const pullWorkshop = async (context: Context, reference: string): Promise<void> => {
  const engine = await context.engine();
  if (registryIn(reference) === undefined) return;
  const found = await engine.inspectImage(reference);
  // Built here, with all others: a registry may know nothing of it.
  if (found && !(found.RepoDigests ?? []).some((name) => name.startsWith(`${nameInEngine(repositoryOf(reference))}@`)))
    return;
  const pull = (name: string): Promise<void> => pullImage(context, engine, name);
  const isHere = async (name: string): Promise<boolean> => (await engine.inspectImage(name)) !== undefined;
  // Of a pull that broke off the rest is wanted; after a new one everything is, lest versions be mixed.
  const ensure = async (name: string): Promise<void> => {
    if (!found || !(await isHere(name))) await pull(name);
  };
  await ensure(reference);
  const image = await engine.inspectImage(reference);
  if (image === undefined) return;
  const workshop = await readCompiled(engine, image.Id, reference);
  for (const step of ["start", ...workshop.steps]) {
    const name = `${repositoryOf(reference)}:${workshop.version}-${step}`;
    if (name !== reference) await ensure(name);
  }
  for (const { name, source } of workshop.infrastructure.services) {
    if (source.kind === "workshop") continue;
    try {
      await ensure(`${repositoryOf(reference)}:${serviceTag(workshop.version, name)}`);
    } catch (error) {
      if (!isAppError(error) || error.code !== "image-not-pulled") throw error;
      // Pushed by an older version, or not at all. What has a name of its own may be had under that.
      if (await isHere(source.kind === "image" ? source.image : builtServiceName(workshop.name, name))) continue;
      if (source.kind !== "image") throw error;
      await pull(source.image);
    }
  }
  context.reporter.progressDone();
};

/** Pulls one image, its own registry shown its own login. Throws `AppError` `image-not-pulled`. */
export const pullImage = async (
  { env, reporter, signal }: Pick<Context, "env" | "reporter" | "signal">,
  engine: Pick<Engine, "pullImage">,
  name: string,
): Promise<void> => {
  const registry = registryOf(name);
  const auth = await readLogin(registry, env);
  try {
    await engine.pullImage(name, {
      ...(auth ? { auth } : {}),
      onStatus: (line) => reporter.progress(`Pulling ${name}: ${line}`),
      signal,
    });
  } catch (cause) {
    if (!isAppError(cause) || cause.code === "docker-unreachable") throw cause;
    throw new AppError("image-not-pulled", `${name} could not be pulled: ${cause.message}`, {
      hint: `Check the name; if it needs a login: docker login ${registry}`,
      cause,
    });
  }
};
