/** Text, or the offset of the first byte that is not valid UTF-8. */
export type DecodedUtf8 = { readonly text: string; readonly invalidAt?: undefined } | { readonly invalidAt: number };

/** How many continuation bytes follow a lead byte, and the lowest code point that length may carry. */
const sequence = (
  lead: number,
): { readonly extra: number; readonly bits: number; readonly min: number } | undefined => {
  if (lead >= 0xc2 && lead <= 0xdf) return { extra: 1, bits: lead & 0x1f, min: 0x80 };
  if (lead >= 0xe0 && lead <= 0xef) return { extra: 2, bits: lead & 0x0f, min: 0x800 };
  if (lead >= 0xf0 && lead <= 0xf4) return { extra: 3, bits: lead & 0x07, min: 0x10000 };
  return undefined;
};

/** The code point at `offset` and its length, or undefined when the bytes are not valid UTF-8. */
const codePointAt = (
  bytes: Uint8Array,
  offset: number,
): { readonly point: number; readonly length: number } | undefined => {
  const lead = bytes[offset] ?? 0;
  if (lead < 0x80) return { point: lead, length: 1 };
  const shape = sequence(lead);
  if (shape === undefined) return undefined;
  let point = shape.bits;
  for (let index = 1; index <= shape.extra; index++) {
    const byte = bytes[offset + index];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return undefined;
    point = (point << 6) | (byte & 0x3f);
  }
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point < shape.min || point > 0x10ffff || isSurrogate ? undefined : { point, length: shape.extra + 1 };
};

/**
 * Decodes strictly. Pure code has no `TextDecoder`, and a lenient one would hide the mistake that we
 * want to report. A byte order mark is kept as U+FEFF.
 */
export const decodeUtf8 = (bytes: Uint8Array): DecodedUtf8 => {
  const chunks: string[] = [];
  let points: number[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const next = codePointAt(bytes, offset);
    if (next === undefined) return { invalidAt: offset };
    points.push(next.point);
    offset += next.length;
    if (points.length === 4096) {
      chunks.push(String.fromCodePoint(...points));
      points = [];
    }
  }
  chunks.push(String.fromCodePoint(...points));
  return { text: chunks.join("") };
};
