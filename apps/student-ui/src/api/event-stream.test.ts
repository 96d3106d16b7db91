import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { dialEvents } from "./event-stream.ts";

class FakeEventSource extends EventTarget {
  static made: FakeEventSource[] = [];
  isClosed = false;
  onopen: (() => void) | undefined;
  constructor() {
    super();
    FakeEventSource.made.push(this);
  }
  say(type: string, data: string): void {
    this.dispatchEvent(Object.assign(new Event(type), { data }));
  }
  close(): void {
    this.isClosed = true;
  }
}
const original = Reflect.get(globalThis, "EventSource");
afterEach(() => Reflect.set(globalThis, "EventSource", original));

test("a stream that has lost even its heartbeat is lost, as after a sleep; one that has it stays", () => {
  Reflect.set(globalThis, "EventSource", FakeEventSource);
  let now = 0;
  let wake = (): void => {};
  const told: string[] = [];
  const dial = dialEvents({
    clock: {
      now: () => now,
      random: () => 0.5,
      after: () => () => {},
      onWake: (listener) => {
        wake = listener;
        return () => {};
      },
    },
    probe: async () => {},
    listen: (event) => told.push(event.type),
  });
  dial({ opened: () => told.push("opened"), lost: () => told.push("lost"), refused: () => told.push("refused") });
  const [source] = FakeEventSource.made;
  assert.ok(source);
  source.onopen?.();
  for (let beat = 0; beat < 10; beat++) {
    now += 15_000;
    source.say("heartbeat", "{}");
    wake();
  }
  assert.deepEqual([told, source.isClosed], [["opened"], false]);
  now += 600_000;
  wake();
  assert.deepEqual([told, source.isClosed], [["opened", "lost"], true]);
});
