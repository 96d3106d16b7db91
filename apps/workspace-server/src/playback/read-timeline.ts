import { createReadStream } from "node:fs";
import { join } from "node:path";
import {
  commandRecordSchema,
  createLineDecoder,
  runtimeFileNames,
  stateEventSchema,
  type TimelineView,
  timelineCommandLength,
} from "@atelier/contract";

/** Of each kind; a page that lists more helps nobody. */
const mostListed = 10_000;

/** What the records say of when something was run, checked and begun. Lines that are none are passed over. */
export const readTimeline = async (runtimeFolder: string): Promise<TimelineView> => {
  const commands: TimelineView["commands"] = [];
  const checks: TimelineView["checks"] = [];
  const visits: TimelineView["visits"] = [];
  let truncated = false;
  const keep = <T>(list: T[], entry: T): void => {
    list.push(entry);
    if (list.length <= mostListed) return;
    list.shift();
    truncated = true;
  };
  for await (const { seq, terminal, command, startedAt, exitCode } of recordsOf(
    join(runtimeFolder, runtimeFileNames.commandLog),
    (value) => commandRecordSchema.parse(value),
  ))
    keep(commands, {
      seq,
      terminal,
      command: command.slice(0, timelineCommandLength),
      startedAt,
      ...(exitCode === undefined ? {} : { exitCode }),
    });
  for await (const event of recordsOf(join(runtimeFolder, runtimeFileNames.stateEvents), (value) =>
    stateEventSchema.parse(value),
  ))
    if (event.type === "check-finished") {
      const { seq, ts, step, outcome } = event;
      keep(checks, { seq, ts, step, outcome });
    } else if (event.type === "step-entered" && visits.at(-1)?.step !== event.step)
      keep(visits, { step: event.step, enteredAt: event.ts });
  return { commands, checks, visits, truncated };
};

async function* recordsOf<T>(path: string, parse: (value: unknown) => T): AsyncGenerator<T> {
  const decoder = createLineDecoder(parse);
  const utf8 = new TextDecoder();
  try {
    for await (const chunk of createReadStream(path))
      yield* decoder.push(utf8.decode(chunk as Buffer, { stream: true }));
  } catch (error) {
    // Where nothing was recorded yet there is no file.
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
