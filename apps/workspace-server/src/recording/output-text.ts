import { isUtf8 } from "node:buffer";
import { createReplacementCounter } from "@atelier/contract";

export interface OutputText {
  readonly text: string;
  /** `latin1`: each character stands for one byte of valid UTF-8, which costs no decoding and no encoding. */
  readonly encoding: "utf8" | "latin1";
  /** How many characters stand for bytes that were no UTF-8. */
  readonly replaced: number;
}

/**
 * Makes text of a stream of bytes, characters that are cut by its chunks included. Output is nearly
 * always valid, and JSON escapes the same characters whether it sees UTF-8 decoded or byte by byte: so
 * bytes that are found valid go through as they are.
 * @param isDecoded whether somebody has to look at the characters
 */
export const createOutputText = (isDecoded: boolean) => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const countReplaced = createReplacementCounter();
  /** So many bytes are missing of a character that the last chunk began. */
  let missing = 0;

  const decode = (bytes: Uint8Array): Omit<OutputText, "encoding"> => {
    const text = decoder.decode(bytes, { stream: true });
    return { text, replaced: countReplaced(bytes, text) };
  };
  return {
    push: (bytes: Uint8Array): OutputText => {
      const lead = continuations(bytes);
      const cut = cutCharacter(bytes);
      const body = bytes.subarray(missing, bytes.length - cut.length);
      // What does not go on as the last chunk promised is for the decoder to judge.
      if (isDecoded || lead !== missing || body.length === 0 || !isUtf8(body)) {
        missing = lead === bytes.length ? Math.max(0, missing - lead) : cut.missing;
        return { ...decode(bytes), encoding: "utf8" };
      }
      // The character that the last chunk began and this one ends, and the one that this chunk begins.
      const first = decode(bytes.subarray(0, missing));
      const last = decode(bytes.subarray(bytes.length - cut.length));
      missing = cut.missing;
      return {
        text: byteText(Buffer.from(first.text)) + byteText(body) + byteText(Buffer.from(last.text)),
        encoding: "latin1",
        replaced: first.replaced + last.replaced,
      };
    },
    end: (): OutputText => {
      const text = decoder.decode();
      return { text, encoding: "utf8", replaced: text === "" ? 0 : 1 };
    },
  };
};

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** How many bytes at the beginning may belong to a character from before: at most three. */
const continuations = (bytes: Uint8Array): number => {
  let count = 0;
  while (count < 3 && isContinuation(bytes[count])) count++;
  return count;
};

/** How many bytes at the end begin a character, and how many of it are missing. */
const cutCharacter = (bytes: Uint8Array): { readonly length: number; readonly missing: number } => {
  for (let length = 1; length <= 3 && length <= bytes.length; length++) {
    const byte = bytes[bytes.length - length] as number;
    if (isContinuation(byte)) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return wanted > length ? { length, missing: wanted - length } : whole;
  }
  return whole;
};
const whole = { length: 0, missing: 0 };

const byteText = (bytes: Uint8Array): string =>
  bytes.length === 0 ? "" : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
