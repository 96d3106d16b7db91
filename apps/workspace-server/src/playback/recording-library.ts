import type { FileHandle } from "node:fs/promises";
import { type RecordingView, recordingStart, type TerminalView } from "@atelier/contract";
import { AppError } from "@atelier/domain";
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
    const open = new Set(running.map(({ name }) => name));
    return (await findRecordings(runtimeFolder)).map(({ files: _files, ...recording }) => ({
      ...recording,
      // Newest first, so the first one of a terminal is the one that goes on.
      live: open.delete(recording.terminal),
    }));
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
