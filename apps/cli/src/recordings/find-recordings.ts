import type { Workspaces } from "@atelier/backend-docker";
import { type CastHeader, createCastDecoder, parseRecordingFileName } from "@atelier/contract";
import { readTar } from "@atelier/node-kit";

/** All parts of what one terminal's shell showed. */
export interface Recording {
  /** `<start>-<terminal>`: what a person types to name it. */
  readonly id: string;
  readonly terminal: string;
  readonly startedAt: Date;
  readonly seconds: number;
  readonly bytes: number;
  /** Markers of commands. */
  readonly commands: number;
  /** Names of the parts' files, in order. */
  readonly parts: readonly string[];
}

const folder = "/workshop/runtime";

interface Part {
  readonly name: string;
  readonly start: string;
  readonly header: CastHeader;
  readonly bytes: number;
  readonly seconds: number;
  readonly commands: number;
}

/** Recordings of a workspace, the newest first. Works on a stopped one, too. */
export const findRecordings = async (
  workspaces: Workspaces,
  workspace: string,
  signal: AbortSignal,
): Promise<readonly Recording[]> => {
  const parts: Part[] = [];
  for await (const entry of readTar(await workspaces.readFiles(workspace, folder, signal), signal)) {
    const name = entry.header.name.slice(entry.header.name.lastIndexOf("/") + 1);
    const parsed = parseRecordingFileName(name);
    if (parsed !== undefined && entry.header.type === "file") {
      const part = await readPart(entry, {
        name,
        start: parsed.start,
        bytes: entry.header.size ?? 0,
      });
      if (part !== undefined) parts.push(part);
    }
    entry.resume();
  }
  return [...Map.groupBy(parts, ({ start, header, name }) => `${start}-${terminalOf(header, name)}`)]
    .map(([id, own]) =>
      joined(
        id,
        own.toSorted((a, b) => partOf(a) - partOf(b)),
      ),
    )
    .sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime() || (a.terminal < b.terminal ? -1 : 1));
};

/** One part as it comes out of the workspace. */
export async function* readRecordingPart(
  workspaces: Workspaces,
  { workspace, name, signal }: { readonly workspace: string; readonly name: string; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const archive = await workspaces.readFiles(workspace, `${folder}/${name}`, signal);
  for await (const entry of readTar(archive, signal)) yield* entry;
}

const readPart = async (
  data: AsyncIterable<Uint8Array>,
  part: Pick<Part, "name" | "start" | "bytes">,
): Promise<Part | undefined> => {
  const decoder = createCastDecoder();
  const utf8 = new TextDecoder();
  let header: CastHeader | undefined;
  let seconds = 0;
  let commands = 0;
  for await (const chunk of data)
    for (const item of decoder.push(utf8.decode(chunk, { stream: true })))
      if (item.kind === "header") header = item.header;
      else {
        seconds = item.event.t;
        if (item.event.code === "m" && !/^(step|recording): /.test(item.event.data)) commands++;
      }
  return header && { ...part, header, seconds, commands };
};

/** `web-2` may be a terminal's own name or the second part of `web`: the header knows. */
const terminalOf = ({ atelier, title }: CastHeader, name: string): string =>
  atelier?.terminal ?? /^terminal (\S+)$/.exec(title ?? "")?.[1] ?? parseRecordingFileName(name)?.terminal ?? "";

const partOf = ({ header, name }: Part): number => header.atelier?.part ?? parseRecordingFileName(name)?.part ?? 1;

const joined = (id: string, parts: readonly Part[]): Recording => {
  const [first] = parts;
  const last = parts.at(-1);
  const began = first?.header.timestamp ?? 0;
  const offset = last?.header.atelier?.offset ?? (last?.header.timestamp ?? began) - began;
  return {
    id,
    terminal: first === undefined ? "" : terminalOf(first.header, first.name),
    startedAt: new Date(began * 1000),
    seconds: offset + (last?.seconds ?? 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    commands: parts.reduce((sum, { commands }) => sum + commands, 0),
    parts: parts.map(({ name }) => name),
  };
};
