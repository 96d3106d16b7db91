import type { StateEvent, WorkspaceView } from "@atelier/contract";
import type { EventLog } from "../events/event-log.ts";

type Notice = WorkspaceView["notices"][number];

/** What everybody is told while something cannot be written. */
export interface StorageNotices {
  list(): readonly Notice[];
}

export const createStorageNotices = (events: EventLog): StorageNotices => {
  const failing = new Map<string, string>();
  events.subscribe((event: StateEvent) => {
    if (event.type === "storage-failed") failing.set(event.stream, event.cause);
    else if (event.type === "storage-recovered") failing.delete(event.stream);
    // What is over does not recover; the next shell has a recording of its own.
    else if (event.type === "terminal-closed") failing.delete(`recording ${event.terminal}`);
  });
  return {
    list: () =>
      [...failing].map(([stream, cause]) => ({
        code: `storage-failed ${stream}`,
        cause: `${sentenceOf(stream)} (${cause}). Terminals and checks go on.`,
        remedy: "Make room on the disk of the machine that runs this workspace; writing goes on by itself.",
      })),
  };
};

const sentenceOf = (stream: string): string => {
  const [, terminal] = /^recording (.+)$/.exec(stream) ?? [];
  return terminal === undefined
    ? `Nothing can be written to ${stream}`
    : `The recording of terminal ${terminal} has stopped`;
};
