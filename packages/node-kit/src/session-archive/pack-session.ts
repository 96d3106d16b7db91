import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
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
import { pack } from "tar-stream";

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
export const packSession = ({ label, exportedAt, files }: SessionArchive): Readable => {
  const archive = pack();
  const folder = `${label.workspace}-${exportedAt.toISOString().replace(/[-:]|\.\d+/g, "")}`;
  const observer = createObserver();

  /** An entry to write to, and its end. */
  const add = (name: string, size: number): { entry: ReturnType<typeof archive.entry>; done: Promise<void> } => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const header = { name: `${folder}/${name}`, size, mode: 0o644, mtime: exportedAt };
    const entry = archive.entry(header, (error) => (error ? reject(error) : resolve()));
    return { entry, done: promise };
  };
  const copy = async ({ name, size, body }: SessionFile): Promise<void> => {
    const { entry, done } = add(name.endsWith(".cast") ? `recordings/${name}` : name, size);
    const parse = parsers[name];
    const decoder = parse && createLineDecoder(parse);
    const text = new TextDecoder();
    let left = size;
    for await (const chunk of body) {
      const piece = chunk.subarray(0, left);
      left -= piece.length;
      for (const event of decoder?.push(text.decode(piece, { stream: true })) ?? []) observer.take(event);
      if (!entry.write(piece)) await new Promise<void>((resolve) => entry.once("drain", () => resolve()));
      if (left === 0) break;
    }
    // A file that became shorter meanwhile must not break the archive.
    for (; left > 0; left -= Math.min(left, 65_536)) entry.write(Buffer.alloc(Math.min(left, 65_536)));
    for (let bad = decoder?.badLines.length ?? 0; bad > 0; bad--) observer.take({ type: "skipped" });
    entry.end(Buffer.alloc(0));
    await done;
  };
  const fill = async (): Promise<void> => {
    for await (const file of files) if (isOfSession(file.name)) await copy(file);
    for (const { name, text } of summaryFiles(label, observer.read(), exportedAt.toISOString())) {
      const bytes = Buffer.from(text);
      const { entry, done } = add(name, bytes.length);
      entry.end(bytes);
      await done;
    }
    archive.finalize();
  };
  const zipped = createGzip();
  fill().catch((error: Error) => {
    archive.destroy(error);
    zipped.destroy(error);
  });
  // Whoever stops reading ends the reading of the files too.
  zipped.once("close", () => archive.destroy());
  return Readable.from(archive).pipe(zipped);
};
