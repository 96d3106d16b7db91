import { type FileHandle, readdir } from "node:fs/promises";
import { Readable } from "node:stream";
import type { InstructorEvent, RecordingView, TerminalView, WorkspaceView } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import { isOfSession, packSession, type SessionFile } from "@atelier/node-kit";
import { openFeed } from "./open-feed.ts";
import type { PresenceList } from "./presence.ts";
import { findRecordings, type FoundRecording, openPart } from "./recordings.ts";
import type { OpenedPart } from "./join-parts.ts";

/** What the instructor's routes call. */
export interface InstructorService {
  /** The body of the event stream, from after an event's id or from the beginning. */
  follow(after: string | undefined): ReadableStream<Uint8Array>;
  recordings(): Promise<readonly RecordingView[]>;
  /** The parts of a recording, opened; whoever asks closes them. Throws `AppError` `not-found`. */
  openRecording(id: string): Promise<{ readonly name: string; readonly parts: readonly OpenedPart[] }>;
  /** The whole session as one tar.gz; undefined before it is known whose it is. */
  export(): { readonly name: string; readonly body: Readable } | undefined;
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
  const find = async (id: string): Promise<FoundRecording> => {
    const found = (await findRecordings(runtimeFolder)).find((recording) => recording.id === id);
    if (found === undefined) throw new AppError("not-found", "There is no such recording.");
    return found;
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
        body: packSession({
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
    recordings: async () => {
      const open = new Set(
        options
          .terminals()
          .filter(({ state }) => state === "ready")
          .map(({ name }) => name),
      );
      return (await findRecordings(runtimeFolder)).map(({ files: _files, ...recording }) => ({
        ...recording,
        // Newest first, so the first one of a terminal is the one that goes on.
        live: open.delete(recording.terminal),
      }));
    },
    openRecording: async (id) => {
      const found = await find(id);
      const parts: OpenedPart[] = [];
      for (const { name, offset } of found.files) {
        const file = await openPart(runtimeFolder, name);
        if (file === undefined) {
          await closeAll(parts.map((part) => part.file));
          throw new AppError("not-found", "There is no such recording.");
        }
        parts.push({ file, offset });
      }
      return { name: `${found.startedAt.replace(/[-:]|\.\d+/g, "")}-${found.terminal}.cast`, parts };
    },
  };
};

export const closeAll = async (files: readonly FileHandle[]): Promise<void> => {
  for (const file of files) await file.close().catch(() => undefined);
};
