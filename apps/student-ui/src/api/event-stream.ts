import { type ServerSentEvent, serverSentEventSchema, studentApi } from "@atelier/contract";
import type { Dial } from "@atelier/ui/connection";
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

/**
 * How to dial `/api/events`. An `EventSource` hides why it failed and waits as it likes, so it is
 * closed on its first error, `probe` finds out whether we are refused, and the caller's back-off
 * decides when to dial again. What was missed meanwhile is fetched afresh on opening.
 */
export const dialEvents =
  (probe: () => Promise<unknown>, listen: (event: ServerSentEvent) => void): Dial =>
  (report) => {
    const source = new EventSource(studentApi.events);
    source.onopen = () => report.opened();
    source.onerror = () => {
      source.close();
      probe().then(
        () => report.lost(),
        (error: unknown) => (isRefusal(error) ? report.refused() : report.lost()),
      );
    };
    for (const type of types)
      source.addEventListener(type, ({ data }: MessageEvent<string>) => {
        const event = parseEvent(type, data);
        if (event !== undefined) listen(event);
      });
    return () => source.close();
  };
