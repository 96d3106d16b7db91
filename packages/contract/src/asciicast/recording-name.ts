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
