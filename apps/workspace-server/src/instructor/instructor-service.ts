import { readdir } from "node:fs/promises";
import { Readable } from "node:stream";
import type { InstructorEvent, TerminalView, WorkspaceView } from "@atelier/contract";
import { isOfSession, packSession, type SessionFile } from "@atelier/node-kit";
import { openPart } from "../playback/find-recordings.ts";
import { createRecordingLibrary, type RecordingLibrary } from "../playback/recording-library.ts";
import { openFeed } from "./open-feed.ts";
import type { PresenceList } from "./presence.ts";

/** What the instructor's routes call. */
export interface InstructorService {
  /** The body of the event stream, from after an event's id or from the beginning. */
  follow(after: string | undefined): ReadableStream<Uint8Array>;
  readonly recordings: RecordingLibrary;
  /** The whole session as one tar.gz; undefined before it is known whose it is. */
  export(): { readonly name: string; open(): Readable } | undefined;
}

export interface InstructorServiceOptions {
  readonly runtimeFolder: string;
  readonly presence: PresenceList;
  readonly workspace: () => WorkspaceView | undefined;
  readonly terminals: () => readonly TerminalView[];
  /** Since a terminal last had input or output; undefined before there is one. */
  readonly idleMs: () => number | undefined;
  readonly now: () => Date;
  /** Calls the listener when workspace or terminals changed; answers the unsubscribe function. */
  readonly onChange: (listener: () => void) => () => void;
  readonly onError: (error: unknown) => void;
}

export const createInstructorService = (options: InstructorServiceOptions): InstructorService => {
  const { runtimeFolder, presence } = options;
  const live = (): Extract<InstructorEvent, { type: "live" }> => {
    const workspace = options.workspace();
    const now = options.now();
    const idleMs = options.idleMs();
    return {
      type: "live",
      ...(workspace === undefined ? {} : { workspace }),
      terminals: [...options.terminals()],
      presence: presence.read(),
      now: now.toISOString(),
      ...(idleMs === undefined ? {} : { lastActiveAt: new Date(now.getTime() - idleMs).toISOString() }),
    };
  };
  async function* sessionFiles(): AsyncGenerator<SessionFile> {
    for (const name of (await readdir(runtimeFolder)).filter(isOfSession).toSorted()) {
      await using file = await openPart(runtimeFolder, name);
      if (file === undefined) continue;
      const { size } = await file.stat();
      yield {
        name,
        size,
        body: size === 0 ? Readable.from([]) : file.createReadStream({ end: size - 1, autoClose: false }),
      };
    }
  }
  return {
    export: () => {
      const workspace = options.workspace();
      if (workspace === undefined) return undefined;
      const { workspaceName, workspaceId, displayName, workshop } = workspace;
      const exportedAt = options.now();
      return {
        name: `${workspaceName}-${exportedAt.toISOString().slice(0, 10)}.tar.gz`,
        open: () =>
          packSession({
            label: {
              workspace: workspaceName,
              workspaceId,
              ...(displayName === "" ? {} : { displayName }),
              workshop: `${workshop.name} ${workshop.version}`,
            },
            exportedAt,
            files: sessionFiles(),
          }),
      };
    },
    follow: (after) => {
      const leave = presence.enter("instructor");
      return openFeed({
        runtimeFolder,
        after,
        live,
        onLive: (listener) => {
          const forget = [options.onChange(listener), presence.subscribe(listener)];
          return () => {
            for (const one of forget) one();
          };
        },
        onClosed: leave,
        onError: options.onError,
      });
    },
    recordings: createRecordingLibrary({ runtimeFolder, terminals: options.terminals }),
  };
};
