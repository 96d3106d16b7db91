/** Which file a recording is: `session-<start>-<terminal>.cast`, later parts `…-<part>.cast`. */
export interface RecordingName {
  /** `20260131T235959Z`. */
  readonly start: string;
  readonly terminal: string;
  /** From 1. */
  readonly part: number;
}

export const recordingStart = (date: Date): string => date.toISOString().replace(/[-:]|\.\d+/g, "");

export const recordingFileName = ({ start, terminal, part }: RecordingName): string =>
  `session-${start}-${terminal}${part === 1 ? "" : `-${part}`}.cast`;

/**
 * Undefined for what is no name of a recording. A number at the end is taken for a part; whether it is the
 * terminal's own name, as in a terminal `web-2`, says the file's header.
 */
export const parseRecordingFileName = (name: string): RecordingName | undefined => {
  const [, start, rest] = /^session-(\d{8}T\d{6}Z)-([a-z0-9][a-z0-9-]*)\.cast$/.exec(name) ?? [];
  if (start === undefined || rest === undefined) return undefined;
  const [, terminal, part] = /^(.+)-([2-9]|[1-9]\d+)$/.exec(rest) ?? [];
  return terminal === undefined ? { start, terminal: rest, part: 1 } : { start, terminal, part: Number(part) };
};

/** The name under which a recording goes on when a part is full. */
export const nextRecordingFileName = (name: string, origin?: { readonly part: number }): string | undefined => {
  const parsed = parseRecordingFileName(name);
  if (parsed === undefined) return undefined;
  // Its header knows better than the name whether this is the first part.
  if (origin?.part === 1 && parsed.part > 1)
    return recordingFileName({ start: parsed.start, terminal: `${parsed.terminal}-${parsed.part}`, part: 2 });
  return recordingFileName({ ...parsed, part: parsed.part + 1 });
};
