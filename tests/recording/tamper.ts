import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "@atelier/backend-docker";
import { type CommandRecord, commandRecordSchema, type StateEvent, stateEventSchema } from "@atelier/contract";
import { readRecords, readRuntimeFile, type WorkspaceClient } from "@atelier/testkit";
import { type TamperCase, tamperCases } from "./tamper-case.ts";

const deadlineMs = 30_000;
/** Terminals at once; the first one stays untouched. */
const atOnce = 6;

export interface TamperResult {
  readonly name: string;
  readonly outcome: TamperCase["output"]["outcome"];
  /** From the last key to the moment at which it was seen in the file. */
  readonly flaggedAfterMs?: number;
}

interface Place {
  readonly client: WorkspaceClient;
  readonly engine: Engine;
  readonly containerId: string;
}

/** Plays every case as the student, each in a terminal of its own, and looks from outside at what was written. */
export const tamper = async (place: Place): Promise<readonly TamperResult[]> => {
  const results: TamperResult[] = [];
  const failures: Error[] = [];
  const waiting = tamperCases().map((tampering, index) => ({ ...tampering, terminal: `case-${index}` }));
  const look = createLook(place);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      try {
        results.push(await play(place, next, look));
      } catch (error) {
        failures.push(new Error(`${next.name}: ${(error as Error).message}`, { cause: error }));
      }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join("\n\n"));
  await wholeFiles(place);
  return results;
};

interface Seen {
  readonly commands: readonly CommandRecord[];
  readonly events: readonly StateEvent[];
}
type Look = () => Promise<Seen>;

/** All who look at the same time share one reading. */
const createLook = ({ engine, containerId }: Place): Look => {
  let reading: Promise<Seen> | undefined;
  const read = async (): Promise<Seen> => {
    const [commands, events] = await Promise.all([
      readRecords(readRuntimeFile(engine, containerId, "command-log.jsonl"), (value) =>
        commandRecordSchema.parse(value),
      ),
      readRecords(readRuntimeFile(engine, containerId, "state-events.jsonl"), (value) => stateEventSchema.parse(value)),
    ]);
    return { commands, events };
  };
  return async () => {
    await sleep(100);
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
};

const play = async (
  place: Place,
  tampering: TamperCase & { readonly terminal: string },
  look: Look,
): Promise<TamperResult> => {
  const { client } = place;
  const opened = await client.post("/api/terminals", { name: tampering.terminal });
  assert.equal(opened.status, 201, opened.text);
  try {
    return await playIn(client, tampering, look);
  } finally {
    await client.delete(`/api/terminals/${tampering.terminal}`);
  }
};

const playIn = async (
  client: WorkspaceClient,
  { name, input, output, terminal }: TamperCase & { readonly terminal: string },
  look: Look,
): Promise<TamperResult> => {
  using shell = await client.terminal(terminal);
  const until = async (what: string, isSeen: (seen: Seen) => boolean): Promise<void> => {
    for (const deadline = performance.now() + deadlineMs; !isSeen(await look()); )
      if (performance.now() > deadline)
        throw new Error(`${what} was not seen; the terminal shows:\n${shell.output.slice(-1500)}`);
  };
  // What is typed before a prompt goes to another program, and the kernel keeps 4 KiB of it.
  await shell.run("true", deadlineMs);
  await shell.waitFor(/\u001b\[\?2004h/, deadlineMs);
  const lines = input.split("\n");
  const first = lines[0]?.trim().slice(0, 100) ?? "";
  const isLogged = (seen: Seen): boolean =>
    seen.commands.some((record) => record.terminal === terminal && record.command.trim().startsWith(first));
  let flaggedAfterMs: number | undefined;
  if (output.outcome === "flagged") {
    for (const line of lines) shell.type(`${line}\n`);
    const typed = performance.now();
    await until(`"${output.event}"`, (seen) => isFlagged(seen, output, terminal));
    flaggedAfterMs = Math.round(performance.now() - typed);
  } else {
    const shown = await shell.run(lines.join("\n"), deadlineMs);
    if (output.shows !== undefined) assert.match(shown, new RegExp(output.shows, "m"));
    await until("the command itself in the log", isLogged);
    const { command, absent, truncated } = output;
    if (command !== undefined)
      await until(`a command ${command}`, ({ commands }) =>
        commands.some(
          (record) =>
            record.terminal === terminal &&
            new RegExp(command).test(record.command) &&
            (truncated === undefined || record.truncated === truncated),
        ),
      );
    if (absent !== undefined) {
      // What was typed afterwards is in the log: whatever had been taken for a command would be, too.
      const { commands } = await look();
      assert.deepEqual(
        commands.filter((record) => new RegExp(absent).test(record.command)),
        [],
      );
    }
  }
  return { name, outcome: output.outcome, ...(flaggedAfterMs === undefined ? {} : { flaggedAfterMs }) };
};

const isFlagged = ({ commands, events }: Seen, output: TamperCase["output"], terminal: string): boolean =>
  output.event === "unverified"
    ? commands.some(
        (record) =>
          record.terminal === terminal && !record.verified && new RegExp(output.says ?? "").test(record.doubt ?? ""),
      )
    : events.some((event) => isFlag(event, output, terminal));

const isFlag = (event: StateEvent, output: TamperCase["output"], terminal: string): boolean => {
  if (event.type !== output.event) return false;
  if (!("terminal" in event) || (event.terminal !== terminal && output.terminal !== "any")) return false;
  const says = event.type === "nested-shell" ? event.program : event.type === "integration-lost" ? event.cause : "";
  return output.says === undefined || new RegExp(output.says).test(says);
};

/** Entries that no case can show: they are about other shells and their insides, about root, and about time. */
const withoutCase = [
  "What happens inside another shell or terminal",
  "A copy of a shell under another name",
  "Values that are not printed in order",
  "Other secrets that a program prints or that are typed",
  "Everything, for who is root",
];

/** The docs list what a case shows to be unseen, and nothing that no case asks for. */
export const compareWithDocs = async (): Promise<void> => {
  const shown = tamperCases().flatMap(({ output }) => (output.outcome === "documented" ? [output.docs] : []));
  const entries = (await unseenByDocs()).map((entry) => entry.replace(/\.$/, ""));
  assert.deepEqual(entries.toSorted(), [...shown, ...withoutCase].toSorted());
};

/** Entries of the docs' list of what cannot be seen. */
const unseenByDocs = async (): Promise<readonly string[]> => {
  const text = await readFile(new URL("../../docs/reference/recording-and-command-log.md", import.meta.url), "utf8");
  const [, list = ""] = text.split("## What cannot be seen\n");
  return [...list.matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, entry]) => entry ?? "");
};

/** Whatever was tried: no record is missing, and none was added by somebody else. */
const wholeFiles = async ({ engine, containerId, client }: Place): Promise<void> => {
  for (const [file, schema] of [
    ["command-log.jsonl", commandRecordSchema],
    ["state-events.jsonl", stateEventSchema],
  ] as const) {
    const records = await readRecords(readRuntimeFile(engine, containerId, file), (value) => schema.parse(value));
    assert.deepEqual(
      records.map(({ seq }) => seq),
      records.map((_, index) => index + 1),
      `${file} has holes or repeats`,
    );
  }
  assert.equal((await client.workspace()).boot.phase, "ready");
};
