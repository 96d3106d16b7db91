import type { Diagnostic, SourceLocation } from "../../problem/diagnostic.ts";
import { error, warning } from "../report.ts";
import type { SourceEntry } from "../source-tree.ts";
import { LineIndex } from "./line-index.ts";
import { decodeUtf8 } from "./utf8.ts";

/** A text file of the workshop, with a way to name places in it. */
export interface TextFile {
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
  at(offset: number): SourceLocation;
}

export const textFile = (file: string, text: string): TextFile => {
  const lines = new LineIndex(text);
  return { file, text, at: (offset) => ({ file, ...lines.at(offset) }) };
};

/** Line and column of a byte that is not UTF-8: everything before it is valid, so it can be decoded. */
const invalidPlace = (file: string, bytes: Uint8Array, offset: number): SourceLocation => {
  const before = decodeUtf8(bytes.subarray(0, offset));
  const text = before.invalidAt === undefined ? before.text : "";
  return { file, ...new LineIndex(text).at(text.length) };
};

/** Bytes to text. Not UTF-8 is an error without a value; a byte order mark is removed with a warning. */
export const decodeText = (
  file: string,
  bytes: Uint8Array,
): { readonly text?: string; readonly diagnostics: readonly Diagnostic[] } => {
  const decoded = decodeUtf8(bytes);
  if (decoded.invalidAt !== undefined) {
    const byte = (bytes[decoded.invalidAt] ?? 0).toString(16).padStart(2, "0");
    return {
      diagnostics: [
        error({
          code: "invalid-utf8",
          path: "",
          at: invalidPlace(file, bytes, decoded.invalidAt),
          message: `${file} is not valid UTF-8: byte 0x${byte} does not fit here.`,
          remedy: "Save the file as UTF-8.",
        }),
      ],
    };
  }
  if (!decoded.text.startsWith("\uFEFF")) return { text: decoded.text, diagnostics: [] };
  return {
    text: decoded.text.slice(1),
    diagnostics: [
      warning({
        code: "byte-order-mark",
        path: "",
        at: { file, line: 1, column: 1 },
        message: `${file} begins with a byte order mark.`,
        remedy: 'Save the file as "UTF-8" without a byte order mark.',
      }),
    ],
  };
};

/** Reads a file that has to be text, such as `content.md`. What is too big to be read whole is an error. */
export const readText = (
  file: string,
  entry: Extract<SourceEntry, { kind: "file" }>,
): { readonly value?: TextFile; readonly diagnostics: readonly Diagnostic[] } => {
  if (entry.truncated) return { diagnostics: [tooLarge(file, entry.size)] };
  const { text, diagnostics } = decodeText(file, entry.bytes);
  return text === undefined ? { diagnostics } : { value: textFile(file, text), diagnostics };
};

export const tooLarge = (file: string, size: number): Diagnostic =>
  error({
    code: "file-too-large",
    path: "",
    at: { file, line: 1, column: 1 },
    message: `${file} is ${size} bytes, more than a file of this kind may have.`,
    remedy: "Keep this file small: move large material into assets/ or files/, or make it in a command.",
  });
