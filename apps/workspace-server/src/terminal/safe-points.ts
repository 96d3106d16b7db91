/**
 * Where a stream of terminal output may be cut so that what comes before can be painted as a screen and
 * what comes after be sent as it is. Only places where a screen says everything about the terminal's
 * state: outside every escape sequence, string and character, and right after something that put the
 * cursor in a definite column (CR, LF, CUP, HVP, CHA); between two printed characters a pending line wrap
 * would be lost.
 */

const states = { ground: 0, escape: 1, escapeIntermediate: 2, csi: 3, osc: 4, string: 5 } as const;
type State = (typeof states)[keyof typeof states];

const ESC = 0x1b;
const CAN = 0x18;
const SUB = 0x1a;
const BEL = 0x07;
const LF = 0x0a;
const CR = 0x0d;
/** UTF-8 of U+0080–U+009F, the C1 controls, is this byte and another. */
const c1Lead = 0xc2;
const positioning = new Set([..."HfG"].map((final) => final.charCodeAt(0)));

/**
 * Scans from a safe point on.
 * @param bytes output that starts outside every sequence
 * @returns length of the longest prefix that ends at a safe point, 0 if there is none
 */
export const lastSafePoint = (bytes: Uint8Array): number => {
  let state: State = states.ground;
  let isPlainCsi = false;
  let safe = 0;
  for (let index = 0; index < bytes.length; index++) {
    let byte = bytes[index] as number;
    if (byte === c1Lead && state !== states.csi) {
      const next = bytes[index + 1];
      if (next === undefined) break;
      if (next >= 0x80 && next < 0xa0) {
        index++;
        byte = next;
      }
    } else if (byte >= 0x80) continue;
    if (byte === CAN || byte === SUB || byte === 0x9c) state = states.ground;
    else if (byte === ESC) state = states.escape;
    else if (byte >= 0x80) state = c1State(byte, state);
    else
      switch (state) {
        case states.ground:
          if (byte === LF || byte === CR) safe = index + 1;
          break;
        case states.escape:
        case states.escapeIntermediate:
          state = afterEscape(byte, state);
          break;
        case states.csi:
          if (byte >= 0x40 && byte <= 0x7e) {
            state = states.ground;
            if (isPlainCsi && positioning.has(byte)) safe = index + 1;
          } else if (byte >= 0x20 && !(byte >= 0x30 && byte <= 0x3b)) isPlainCsi = false;
          break;
        case states.osc:
          if (byte === BEL) state = states.ground;
          break;
        default:
      }
    if (state !== states.csi) isPlainCsi = true;
  }
  return safe;
};

/**
 * Where reading can begin in output whose beginning is gone: after the first line, else at the first escape, else
 * at the first character.
 */
export const firstLikelySafePoint = (bytes: Uint8Array): number => {
  const line = bytes.indexOf(LF);
  if (line !== -1) return line + 1;
  const sequence = bytes.indexOf(ESC);
  return sequence === -1 ? Math.max(0, bytes.subarray(0, longestCharacter).findIndex(beginsCharacter)) : sequence;
};

/** Length of the longest prefix that ends with a whole character, for output without any safe point. */
export const lastCharacterEnd = (bytes: Uint8Array): number => {
  const from = Math.max(0, bytes.length - longestCharacter);
  const last = from + bytes.subarray(from).findLastIndex(beginsCharacter);
  const length = characterBytes(bytes[last] ?? 0);
  return last < from || last + length <= bytes.length ? bytes.length : last;
};

/** Of UTF-8, in bytes. */
const longestCharacter = 4;
const beginsCharacter = (byte: number): boolean => (byte & 0xc0) !== 0x80;
const characterBytes = (lead: number): number => (lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);

const c1State = (byte: number, state: State): State => {
  if (byte === 0x9b) return states.csi;
  if (byte === 0x9d) return states.osc;
  if (byte === 0x90 || byte === 0x98 || byte === 0x9e || byte === 0x9f) return states.string;
  return state === states.osc || state === states.string ? state : states.ground;
};

const afterEscape = (byte: number, state: State): State => {
  if (byte < 0x20) return state;
  if (byte <= 0x2f) return states.escapeIntermediate;
  if (state === states.escape) {
    if (byte === 0x5b) return states.csi;
    if (byte === 0x5d) return states.osc;
    if (byte === 0x50 || byte === 0x58 || byte === 0x5e || byte === 0x5f) return states.string;
  }
  return states.ground;
};
