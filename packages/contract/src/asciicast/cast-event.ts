/** Output, input, marker, resize (`COLSxROWS`), exit (v3, a status as text). */
export const castCodes = ["o", "i", "m", "r", "x"] as const;
export type CastCode = (typeof castCodes)[number];

export interface CastEvent {
  /** Seconds from the beginning of the recording; in a v3 file they are told as intervals. */
  readonly t: number;
  readonly code: CastCode;
  readonly data: string;
}

/** One line of a v2 file, with its newline. */
export const encodeCastEvent = (t: number, code: CastCode, data: string): string =>
  castEventPieces(t, code, data).join("");

/** The same in pieces, for who puts them together in memory of its own: a long text is then copied once less. */
export const castEventPieces = (t: number, code: CastCode, data: string): readonly string[] => [
  `[${t.toFixed(6)},"${code}",`,
  JSON.stringify(data),
  "]\n",
];

/**
 * Undefined for an event of a code that we do not know, which the formats want passed over. Looked at by
 * hand: recordings are long, and they are read beside the shells.
 */
export const parseCastEvent = (value: unknown): CastEvent | undefined => {
  const [t, code, data]: readonly unknown[] = Array.isArray(value) && value.length === 3 ? value : [];
  if (typeof t !== "number" || t < 0 || typeof code !== "string" || typeof data !== "string")
    throw new Error("no event of an asciicast: [seconds, code, text]");
  return isCode(code) ? { t, code, data } : undefined;
};

const isCode = (code: string): code is CastCode => (castCodes as readonly string[]).includes(code);

/** Columns and rows of a resize event. */
export const parseCastSize = (data: string): { readonly cols: number; readonly rows: number } | undefined => {
  const [, cols, rows] = /^(\d{1,5})x(\d{1,5})$/.exec(data) ?? [];
  return cols === undefined ? undefined : { cols: Number(cols), rows: Number(rows) };
};
