import {
  fillPath,
  type InstructorEvent,
  instructorApi,
  instructorEventSchema,
  problemSchema,
  type RecordingView,
  recordingViewSchema,
} from "@atelier/contract";
import { type ConnectionClock, type Dial, keepConnected, readEvents, watchSilence } from "@atelier/ui/connection";
import type { SessionListener, SessionSource } from "@atelier/ui/observation";
import type { TerminalSource } from "@atelier/ui/terminal";
import { z } from "zod";

export interface WorkspaceSourceOptions {
  readonly fetch: (input: string, init?: RequestInit) => Promise<Response>;
  readonly clock: ConnectionClock;
  /** A read-only terminal at a path of this origin. */
  readonly watch: (path: string) => TerminalSource;
}

/** A silent line is taken to be dead after so long: the server says something at least every 15 s. */
const silenceMs = 40_000;

/** The session of the workspace whose server brought this page. */
export const createWorkspaceSource = ({ fetch, clock, watch }: WorkspaceSourceOptions): SessionSource => ({
  follow: (listener) => {
    let lastId: string | undefined;
    const dial: Dial = (report) => {
      const ending = new AbortController();
      const silence = watchSilence(clock, { limitMs: silenceMs, onDead: () => ending.abort() });
      const run = async (): Promise<void> => {
        const answer = await fetch(instructorApi.events, {
          signal: ending.signal,
          headers: lastId === undefined ? {} : { "Last-Event-ID": lastId },
        });
        if (answer.status === 401) return report.refused();
        if (!answer.ok || answer.body === null) return report.lost();
        report.opened();
        for await (const event of readEvents(answer.body)) {
          silence.heard();
          // Only what was taken counts as seen.
          take(event.type, event.data, listener);
          lastId = event.id ?? lastId;
        }
        report.lost();
      };
      run()
        .catch(() => report.lost())
        .finally(() => silence.close());
      return () => ending.abort();
    };
    const kept = keepConnected(dial, clock, listener.connection);
    return { reconnect: kept.retryNow, close: kept.close };
  },
  watch: (name) => watch(fillPath(instructorApi.terminal, { name })),
  recordings: async (): Promise<readonly RecordingView[]> => {
    const answer = await fetch(instructorApi.recordings);
    if (!answer.ok) throw await problemOf(answer);
    return z.array(recordingViewSchema).parse(await answer.json());
  },
  loadRecording: async (id, signal, part) => {
    const answer = await fetch(recordingUrl(id, part), { signal });
    if (!answer.ok) throw await problemOf(answer);
    return answer.text();
  },
  recordingUrl: (id) => recordingUrl(id),
  exportUrl: instructorApi.export,
});

const recordingUrl = (id: string, part?: number): string =>
  part === undefined
    ? fillPath(instructorApi.recording, { id })
    : fillPath(instructorApi.recordingPart, { id, part: String(part) });

const take = (type: string, data: string, listener: SessionListener): void => {
  const event = parseEvent(type, data);
  listener.event(event ?? { type: "skipped", stream: type, excerpt: data.slice(0, 80), cause: "not understood" });
};

const parseEvent = (type: string, data: string): InstructorEvent | undefined => {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null
      ? instructorEventSchema.safeParse({ ...value, type }).data
      : undefined;
  } catch {
    return undefined;
  }
};

const problemOf = async (answer: Response): Promise<Error> => {
  const problem = problemSchema.safeParse(await answer.json().catch(() => undefined)).data;
  return new Error(problem?.message ?? `the server answered ${answer.status}`);
};
