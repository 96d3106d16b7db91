/** A place between two lines of a file, good for going on after a restart of the reader. */
export interface FilePosition {
  /** Which file it was: device and inode. */
  readonly file: string;
  /** In bytes. */
  readonly offset: number;
}

export type TailEvent =
  /** A whole line, without its newline. Bytes that are not UTF-8 are U+FFFD. */
  | {
      readonly kind: "line";
      readonly text: string;
      /** Where the line begins, in bytes. */
      readonly offset: number;
      /** Where the next one begins. */
      readonly position: FilePosition;
    }
  /** Bytes that are no line: longer than allowed, or cut off by the end of a file that was left behind. */
  | {
      readonly kind: "skipped";
      readonly offset: number;
      readonly bytes: number;
      readonly cause: "too-long" | "torn";
    }
  /** What follows is other content, from its beginning. */
  | { readonly kind: "restart"; readonly reason: "truncated" | "replaced" | "rotated"; readonly path: string }
  /** There is no file of that name any more. A new one is followed when it comes. */
  | { readonly kind: "gone" }
  /** Everything that was there has been told; what follows is being written now. */
  | { readonly kind: "caught-up" };
