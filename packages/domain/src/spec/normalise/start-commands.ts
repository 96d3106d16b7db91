import type { StartCommand } from "../../workshop/workshop.ts";
import { parseDuration } from "../duration.ts";
import type { StartCommandInput } from "../schema/workshop-schema.ts";
import type { DocPath } from "../yaml/doc-path.ts";
import type { YamlFile } from "../yaml/read-yaml.ts";
import { expandPath } from "./places.ts";

export const defaultStartTimeoutSeconds = 30;

const normaliseReady = (ready: StartCommandInput["ready"]): NonNullable<StartCommand["ready"]> | undefined => {
  if (ready?.port !== undefined) return { port: ready.port };
  if (ready?.file !== undefined) return { file: expandPath(ready.file) };
  return ready?.command === undefined ? undefined : { command: ready.command };
};

/** `onStart` with defaults. `path` is where the list stands in `yaml`. */
export const normaliseStartCommands = (
  yaml: YamlFile,
  path: DocPath,
  commands: readonly StartCommandInput[] = [],
): readonly StartCommand[] =>
  commands.map((command, index) => {
    const ready = normaliseReady(command.ready);
    return {
      run: command.run,
      user: command.user ?? "root",
      background: command.background ?? false,
      timeoutSeconds:
        (command.timeout === undefined ? undefined : parseDuration(command.timeout)) ?? defaultStartTimeoutSeconds,
      at: yaml.valueAt([...path, index]),
      ...(ready === undefined ? {} : { ready }),
    };
  });
