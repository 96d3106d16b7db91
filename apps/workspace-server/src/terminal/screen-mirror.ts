/** A headless terminal that follows the output at leisure, for snapshots. */
export interface ScreenMirror {
  /** Offset right after the last byte it was given. */
  readonly fed: number;
  write(bytes: Uint8Array): Promise<void>;
  /** The stream has a gap here: what follows starts on a reset screen that keeps the old text. */
  skipTo(offset: number): void;
  resize(cols: number, rows: number): void;
  /** Bytes that paint the screen, its scrollback and its modes on a cleared terminal. */
  snapshot(): string;
  dispose(): void;
}

/** Lines of scrollback a snapshot carries. */
const scrollback = 2000;

/** Loads xterm's headless build on first need: an idle server does not pay for it. */
export const createScreenMirror = async (size: { readonly cols: number; readonly rows: number }, from: number): Promise<ScreenMirror> => {
  const [{ default: headless }, { default: serialize }] = await Promise.all([import("@xterm/headless"), import("@xterm/addon-serialize")]);
  const terminal = new headless.Terminal({ ...size, scrollback, allowProposedApi: true });
  const serializer = new serialize.SerializeAddon();
  terminal.loadAddon(serializer as unknown as Parameters<typeof terminal.loadAddon>[0]);
  let fed = from;
  return {
    get fed() {
      return fed;
    },
    write: (bytes) => {
      fed += bytes.length;
      return new Promise((resolve) => terminal.write(bytes, resolve));
    },
    skipTo: (offset) => {
      fed = offset;
      // Ends whatever sequence was open, then resets attributes, margins and character sets.
      terminal.write("\u0018\u001b[!p\r\n");
    },
    resize: (cols, rows) => terminal.resize(cols, rows),
    snapshot: () => serializer.serialize({ scrollback }),
    dispose: () => terminal.dispose(),
  };
};
