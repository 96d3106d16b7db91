import { StringDecoder } from "node:string_decoder";

/** Text of a subprocess without escape sequences and control characters. */
export const plain = (text: string): string =>
  text
    .replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/g, "")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");

export interface PlainLines {
  take(data: Buffer): void;
  /** Passes on a last line without an end. */
  end(): void;
}

/**
 * Output in lines for people: characters that arrive in pieces are put together, a line that rewrites
 * itself (a progress bar) counts as what it says last, empty lines are passed over.
 */
export const plainLines = (onLine: (line: string) => void): PlainLines => {
  const decoder = new StringDecoder("utf8");
  let pending = "";
  const show = (text: string): void => {
    const written = text.split("\r").filter((part) => part !== "");
    const line = plain(written.at(-1) ?? "");
    if (line.trim() !== "") onLine(line);
  };
  return {
    take: (data) => {
      const lines = (pending + decoder.write(data)).split("\n");
      pending = lines.pop() ?? "";
      lines.forEach(show);
    },
    end: () => {
      show(pending + decoder.end());
      pending = "";
    },
  };
};
