import { setImmediate as nextTurn } from "node:timers/promises";
import { guardReflow, limitRepeats } from "@atelier/contract";
import type { Size } from "./active-viewer.ts";
import { lastSafePoint } from "./safe-points.ts";
import { type ColorSource, followColors, ownColors } from "./screen-colors.ts";
import { SizeHistory } from "./size-history.ts";
import {
  bufferCells,
  bufferState,
  inkedRows,
  savedCursor,
  type TerminalCore,
  terminalState,
} from "./terminal-state.ts";

/** A headless terminal that follows the output at leisure, for snapshots. */
export interface ScreenMirror {
  /** Offset right after the last byte it has taken; always a safe point, see safe-points.ts. */
  readonly fed: number;
  /**
   * Takes as much of `bytes`, which begin at {@link fed}, as ends at a safe point, and the sizes where the
   * terminal took them. Answers how much.
   */
  write(bytes: Uint8Array): Promise<number>;
  /** Takes it all, whatever it ends with. */
  force(bytes: Uint8Array): Promise<void>;
  /**
   * The stream has a gap: it goes on at `offset`, and `modes` is what was set before that. The old text
   * stays as scrollback, at the size that the terminal had there.
   */
  skipTo(offset: number, modes: string): Promise<void>;
  /**
   * What wrote here is gone: modes are as at the beginning, what a full-screen program showed stands as text
   * below everything else, and the cursor in an empty row below that.
   */
  leave(): Promise<void>;
  /** There is nothing to read on the normal screen, nor above it. */
  readonly isBlank: boolean;
  /** Right after the last byte it has taken, for who has no history of it. */
  resize(cols: number, rows: number): void;
  /** For which {@link snapshot} is. */
  readonly size: Size;
  /** Number of the first change of size that it has not taken. */
  readonly nextSize: number;
  /** Bytes that paint the screen, its scrollback and its modes on a cleared terminal. */
  snapshot(): string;
  dispose(): void;
}

/** Lines of scrollback a snapshot carries. */
const scrollback = 2000;

/** At the end of painted cells. */
const emptyRows = /(?:\u001b\[0m|\r\n)+$/;

/**
 * Ends whatever sequence was open and brings both screens to the modes of a new terminal, with the normal one
 * shown: soft reset (DECSTR), and what that leaves as it is.
 */
const withoutModes = (cols: number): string => {
  const stops = Array.from({ length: Math.ceil(cols / 8) }, (_, stop) => `\u001b[1;${8 * stop + 1}H\u001bH`);
  return `\u0018\u001b[?47h\u001b[!p\u001b[?47l\u001b[!p\u001b[20l\u001b[?9;1000;1002;1003;1006;1016;2026l${ownColors}\u001b[3g${stops.join("")}`;
};

/** Loads and compiles what the first mirror needs, for whoever cannot wait for it later. */
export const rehearseScreens = async (): Promise<void> => {
  const mirror = await createScreenMirror(new SizeHistory({ cols: 80, rows: 24 }));
  await mirror.force(Buffer.from("\u001b[1;32mstudent\u001b[0m$ ls\r\n\u001b[2K\u001b[?2004h"));
  mirror.snapshot();
  mirror.dispose();
};

/**
 * Loads xterm's headless build on first need: an idle server does not pay for it.
 * @param sizes the size at the beginning, and those that it takes later by itself
 */
export const createScreenMirror = async (sizes: SizeHistory): Promise<ScreenMirror> => {
  const { default: headless } = await import("@xterm/headless");
  const terminal = new headless.Terminal({ ...sizes.first, scrollback, allowProposedApi: true, logLevel: "off" });
  limitRepeats(terminal.parser);
  guardReflow(terminal);
  const core = (terminal as unknown as { readonly _core: TerminalCore & ColorSource })._core;
  const colors = followColors(core);
  let fed = 0;
  // Its own queue waits for a timer each time; nobody but us writes, and no handler of ours is asynchronous.
  const parse = (data: Uint8Array | string): Promise<void> => {
    core.writeSync(data);
    return nextTurn();
  };
  let nextSize = 0;
  const take = (bytes: Uint8Array): Promise<void> => {
    let from = 0;
    for (let change = sizes.from(nextSize); change !== undefined; change = sizes.from(nextSize)) {
      const at = change.offset - fed;
      // What comes right after the last byte may be the first of several: that is for the next bytes.
      if (at >= bytes.length) break;
      if (at > from) core.writeSync(bytes.subarray(from, at));
      from = Math.max(from, at);
      terminal.resize(change.size.cols, change.size.rows);
      nextSize = change.number + 1;
    }
    fed += bytes.length;
    return parse(bytes.subarray(from));
  };
  return {
    get fed() {
      return fed;
    },
    write: async (bytes) => {
      const length = lastSafePoint(bytes);
      if (length > 0) await take(bytes.subarray(0, length));
      return length;
    },
    force: take,
    skipTo: async (offset, modes) => {
      fed = offset;
      const { cols, rows } = sizes.at(fed);
      terminal.resize(cols, rows);
      nextSize = sizes.after(fed);
      // Ends whatever sequence was open, then resets attributes, margins and character sets.
      await parse(`\u0018\u001b[!p\r\n${modes}`);
    },
    leave: async () => {
      const { cols, rows } = terminal;
      const { normal, alt } = core.buffers;
      const left = core.buffer === alt ? bufferCells(core, alt, { cols, rows, scrollback: 0 }) : "";
      const text = left.replace(emptyRows, "");
      await parse(withoutModes(cols));
      const row = Math.max(0, inkedRows(normal, cols) - normal.ybase);
      const below = row < rows ? `\u001b[${row + 1};1H` : `\u001b[${rows};1H\r\n`;
      await parse(`${below}\u001b[J${text === "" ? "" : `${text}\u001b[0m\r\n`}`);
    },
    get isBlank() {
      return inkedRows(core.buffers.normal, terminal.cols) === 0;
    },
    resize: (cols, rows) => terminal.resize(cols, rows),
    get size() {
      return { cols: terminal.cols, rows: terminal.rows };
    },
    get nextSize() {
      return nextSize;
    },
    snapshot: () => {
      const { cols, rows } = terminal;
      const extent = { cols, rows };
      const { normal, alt } = core.buffers;
      const isAlternate = core.buffer !== normal;
      // Mode 47 and not 1049, which would save the cursor once more.
      // An alternate screen that was left still has its saved cursor for the next program.
      const altSaved = isAlternate ? "" : savedCursor(core, alt, cols);
      return [
        altSaved && `\u001b[?47h${altSaved}\u001b[?47l\u001b[H`,
        bufferCells(core, normal, { ...extent, scrollback }),
        bufferState(core, normal, extent),
        ...(isAlternate
          ? [
              "\u001b[?47h\u001b[H",
              bufferCells(core, alt, { ...extent, scrollback: 0 }),
              bufferState(core, alt, extent),
            ]
          : []),
        colors(),
        terminalState(core, extent),
      ].join("");
    },
    dispose: () => terminal.dispose(),
  };
};
