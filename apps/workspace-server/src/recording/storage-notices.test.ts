import assert from "node:assert/strict";
import { test } from "node:test";
import type { NewStateEvent, StateEvent } from "@atelier/contract";
import type { EventLog } from "../events/event-log.ts";
import { createStorageNotices } from "./storage-notices.ts";

test("what cannot be written is said until it can", () => {
  const listeners: ((event: StateEvent) => void)[] = [];
  const append = (event: NewStateEvent): StateEvent => {
    for (const listener of listeners) listener(event as StateEvent);
    return event as StateEvent;
  };
  const events: EventLog = {
    append,
    subscribe: (listener) => {
      listeners.push(listener);
      return () => {};
    },
  };
  const notices = createStorageNotices(events);
  assert.deepEqual(notices.list(), []);
  append({ type: "storage-failed", stream: "recording 2", cause: "ENOSPC: no space left on device, write" });
  append({ type: "storage-failed", stream: "command-log.jsonl", cause: "EIO: i/o error, write" });
  assert.deepEqual(
    notices.list().map(({ cause }) => cause),
    [
      "The recording of terminal 2 has stopped (ENOSPC: no space left on device, write). Terminals and checks go on.",
      "Nothing can be written to command-log.jsonl (EIO: i/o error, write). Terminals and checks go on.",
    ],
  );
  append({ type: "storage-recovered", stream: "recording 2", lost: 3 });
  append({ type: "storage-recovered", stream: "command-log.jsonl", lost: 0 });
  assert.deepEqual(notices.list(), []);
  append({ type: "storage-failed", stream: "recording 2", cause: "ENOSPC: no space left on device, write" });
  append({ type: "storage-failed", stream: "recording 1", cause: "ENOSPC: no space left on device, write" });
  append({ type: "terminal-closed", terminal: "2" });
  assert.deepEqual(
    notices.list().map(({ code }) => code),
    ["storage-failed recording 1"],
    "a shell that is no more has nothing to be recorded, and the next one says so itself",
  );
});
