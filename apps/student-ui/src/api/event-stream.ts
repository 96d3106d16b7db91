import { type ServerSentEvent, serverSentEventSchema, studentApi } from "@atelier/contract";
import { type ConnectionClock, type Dial, watchSilence } from "@atelier/ui/connection";
import { isRefusal } from "./problem.ts";

const types: readonly ServerSentEvent["type"][] = ["boot", "workspace", "check-started", "check", "terminals"];

const parseEvent = (type: string, data: string): ServerSentEvent | undefined => {
  try {
    const json: unknown = JSON.parse(data);
    return typeof json === "object" && json !== null
      ? serverSentEventSchema.safeParse({ ...json, type }).data
      : undefined;
  } catch {
    return undefined;
  }
};

export interface EventStreamOptions {
  readonly clock: ConnectionClock;
  readonly probe: () => Promise<unknown>;
  readonly listen: (event: ServerSentEvent) => void;
}

/** Of a stream that says something every 15 s; an `EventSource` would never find out. */
const silenceMs = 40_000;

/**
 * How to dial `/api/events`. An `EventSource` hides why it failed and waits as it likes, so it is
 * closed on its first error, `probe` finds out whether we are refused, and the caller's back-off
 * decides when to dial again. What was missed meanwhile is fetched afresh on opening.
 */
export const dialEvents =
  ({ clock, probe, listen }: EventStreamOptions): Dial =>
  (report) => {
    const source = new EventSource(studentApi.events);
    const hangUp = (): void => {
      silence.close();
      source.close();
    };
    const silence = watchSilence(clock, {
      limitMs: silenceMs,
      onDead: () => {
        hangUp();
        report.lost();
      },
    });
    source.onopen = () => {
      silence.heard();
      report.opened();
    };
    source.onerror = () => {
      hangUp();
      probe().then(
        () => report.lost(),
        (error: unknown) => (isRefusal(error) ? report.refused() : report.lost()),
      );
    };
    source.addEventListener("heartbeat", silence.heard);
    for (const type of types)
      source.addEventListener(type, ({ data }: MessageEvent<string>) => {
        silence.heard();
        const event = parseEvent(type, data);
        if (event !== undefined) listen(event);
      });
    return hangUp;
  };
