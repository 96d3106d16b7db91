import { readFileSync } from "node:fs";
import type { Engine } from "@atelier/backend-docker";
import { platformPaths } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { z } from "zod";
import { type Machine, machineSchema, textsSchema } from "./machine.ts";

/** Node in the container runs TypeScript, too: the probe goes in as it is, over stdin. */
const probe = readFileSync(new URL("./machine-probe.ts", import.meta.url), "utf8");

const run = async <T extends z.ZodType>(
  { engine, containerId }: Place,
  args: readonly string[],
  schema: T,
): Promise<z.output<T>> => {
  // More than the engine client keeps by itself.
  const chunks: Buffer[] = [];
  const { exitCode, stderr } = await engine.exec(containerId, {
    argv: [platformPaths.node, "--input-type=module-typescript", "-", ...args],
    user: "0:0",
    input: probe,
    onOutput: (stream, data) => {
      if (stream === "stdout") chunks.push(data);
    },
  });
  if (exitCode !== 0)
    throw new AppError(
      "probe-failed",
      `The container could not be looked at (exit code ${exitCode}): ${stderr.trim()}`,
    );
  return schema.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
};

export interface Place {
  readonly engine: Engine;
  readonly containerId: string;
}

/** A running container as a check could see it. Throws `AppError` `probe-failed`. */
export const observeMachine = async (place: Place): Promise<Machine> => {
  const [machine, { Config }] = await Promise.all([
    run(place, ["survey"], machineSchema),
    place.engine.inspectContainer(place.containerId),
  ]);
  return {
    ...machine,
    env: Object.fromEntries(
      Config.Env.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)] as const),
    ),
  };
};

/** The texts of files; what is too long or no text is absent. */
export const readTexts = (place: Place, paths: readonly string[]): Promise<Readonly<Record<string, string>>> =>
  run(place, ["texts", JSON.stringify(paths)], textsSchema);
