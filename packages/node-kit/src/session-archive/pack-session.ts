import type { Readable } from "node:stream";
import {
  commandRecordSchema,
  createLineDecoder,
  createObserver,
  type FeedRecord,
  llmExchangeSchema,
  parseRecordingFileName,
  runtimeFileNames,
  type SessionLabel,
  stateEventSchema,
  summaryFiles,
} from "@atelier/contract";
import { writeTarGz } from "../tar/write-tar-gz.ts";

/** A file of the runtime folder as it is now: `size` bytes of it, whatever is appended meanwhile. */
export interface SessionFile {
  readonly name: string;
  readonly size: number;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface SessionArchive {
  readonly label: SessionLabel;
  readonly exportedAt: Date;
  /** Files that {@link isOfSession} names; each body is read before the next file is asked for. */
  readonly files: AsyncIterable<SessionFile>;
}

const parsers: Readonly<Record<string, (value: unknown) => FeedRecord>> = {
  [runtimeFileNames.commandLog]: (value) => ({ type: "command", record: commandRecordSchema.parse(value) }),
  [runtimeFileNames.stateEvents]: (value) => ({ type: "state", record: stateEventSchema.parse(value) }),
  [runtimeFileNames.llmHistory]: (value) => ({ type: "exchange", record: llmExchangeSchema.parse(value) }),
};

/** Whether a file of the runtime folder belongs into an export: the three logs and the recordings, nothing else. */
export const isOfSession = (name: string): boolean =>
  Object.hasOwn(parsers, name) || parseRecordingFileName(name) !== undefined;

/**
 * A session as one tar.gz, written as it is read: the logs and recordings as they are, and what they add
 * up to as JSON and CSV.
 */
export const packSession = ({ label, exportedAt, files }: SessionArchive): Readable =>
  writeTarGz(async (tar) => {
    const folder = `${label.workspace}-${exportedAt.toISOString().replace(/[-:]|\.\d+/g, "")}`;
    const observer = createObserver();
    const headerOf = (name: string, size?: number) => ({
      name: `${folder}/${name}`,
      mode: 0o644,
      mtime: exportedAt,
      ...(size === undefined ? {} : { size }),
    });
    for await (const file of files) {
      if (!isOfSession(file.name)) continue;
      const name = file.name.endsWith(".cast") ? `recordings/${file.name}` : file.name;
      await tar.add(headerOf(name, file.size), observed(file, observer));
    }
    for (const { name, text } of summaryFiles(label, observer.read(), exportedAt.toISOString()))
      await tar.add(headerOf(name), text);
  });

/** Exactly `size` bytes of a file, shown to the observer as they pass. */
async function* observed(
  { name, size, body }: SessionFile,
  observer: ReturnType<typeof createObserver>,
): AsyncGenerator<Uint8Array> {
  const parse = parsers[name];
  const decoder = parse && createLineDecoder(parse);
  const text = new TextDecoder();
  let left = size;
  for await (const chunk of body) {
    const piece = chunk.subarray(0, left);
    left -= piece.length;
    for (const event of decoder?.push(text.decode(piece, { stream: true })) ?? []) observer.take(event);
    yield piece;
    if (left === 0) break;
  }
  // A file that became shorter meanwhile must not break the archive.
  for (; left > 0; left -= Math.min(left, 65_536)) yield Buffer.alloc(Math.min(left, 65_536));
  for (let bad = decoder?.badLines.length ?? 0; bad > 0; bad--) observer.take({ type: "skipped" });
}
