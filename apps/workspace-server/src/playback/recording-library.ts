import type { FileHandle } from "node:fs/promises";
import { type RecordingView, recordingStart, type TerminalView } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import { readTerminals } from "../terminal/remembered-terminals.ts";
import { findRecordings, openPart } from "./find-recordings.ts";

export interface OpenedRecording extends AsyncDisposable {
  /** What a download of it is called. */
  readonly name: string;
  /** In order. */
  readonly parts: readonly FileHandle[];
}

/** The recordings of this workspace, by ids that name no file. */
export interface RecordingLibrary {
  /** Newest first. */
  list(): Promise<readonly RecordingView[]>;
  /** Whoever asks disposes of it. Throws `AppError` `not-found`. */
  open(id: string): Promise<OpenedRecording>;
}

export interface RecordingLibraryOptions {
  readonly runtimeFolder: string;
  readonly terminals: () => readonly TerminalView[];
}

const gone = (): AppError => new AppError("not-found", "There is no such recording.");

export const createRecordingLibrary = ({ runtimeFolder, terminals }: RecordingLibraryOptions): RecordingLibrary => ({
  list: async () => {
    const running = terminals().filter(({ state }) => state === "ready");
    const found = await findRecordings(runtimeFolder);
    const noted = new Set(readTerminals(runtimeFolder).map(({ recording }) => recording));
    // By the clock the newest goes on, unless somebody has set that back: what is written is noted.
    const live = running.map(({ name }) => {
      const own = found.filter(({ terminal }) => terminal === name);
      return (own.find(({ files }) => files.some((file) => noted.has(file))) ?? own[0])?.id;
    });
    return found.map(({ files: _files, ...recording }) => ({ ...recording, live: live.includes(recording.id) }));
  },
  open: async (id) => {
    const found = (await findRecordings(runtimeFolder)).find((recording) => recording.id === id);
    if (found === undefined) throw gone();
    await using opening = new AsyncDisposableStack();
    const parts: FileHandle[] = [];
    for (const name of found.files) {
      const file = await openPart(runtimeFolder, name);
      if (file === undefined) throw gone();
      parts.push(opening.use(file));
    }
    const opened = opening.move();
    return {
      name: `${recordingStart(new Date(found.startedAt))}-${found.terminal}.cast`,
      parts,
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  },
});
