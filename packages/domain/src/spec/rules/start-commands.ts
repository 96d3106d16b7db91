import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft } from "../draft.ts";
import { error } from "../report.ts";
import type { StartCommandInput } from "../schema/workshop-schema.ts";
import type { Loose } from "../shape/salvage.ts";
import { type DocPath, formatPath } from "../yaml/doc-path.ts";
import type { YamlFile } from "../yaml/read-yaml.ts";
import { exactlyOne } from "./exactly-one.ts";

type Commands = readonly (Loose<StartCommandInput> | undefined)[];

function* checkStartCommands(yaml: YamlFile, path: DocPath, commands: Commands): Iterable<Diagnostic> {
  for (const [index, command] of commands.entries()) {
    if (command?.ready === undefined) continue;
    const ready = [...path, index, "ready"];
    yield* exactlyOne(yaml, ready, ["port", "file", "command"]);
    const file = command.ready.file;
    if (file !== undefined && !/^(?:\/|~\/)/.test(file))
      yield error({
        code: "relative-path",
        path: formatPath([...ready, "file"]),
        at: yaml.valueAt([...ready, "file"]),
        message: `"${file}" is relative; nobody can tell to what.`,
        remedy: 'Begin with "/" or with "~/" (the student\'s home).',
      });
  }
}

export function* startCommands({ yaml, workshop, steps }: Draft): Iterable<Diagnostic> {
  yield* checkStartCommands(yaml, ["workshop", "onStart"], workshop.workshop?.onStart ?? []);
  for (const step of steps)
    if (step.yaml !== undefined) yield* checkStartCommands(step.yaml, ["onStart"], step.step.onStart ?? []);
}
