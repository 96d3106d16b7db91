/**
 * What a headless xterm knows, as sequences that bring a cleared terminal to the same state: cells with
 * looks and links, scroll regions, saved cursors, character sets, tab stops, modes, the cursor. (xterm's
 * serialize addon leaves out half of it, lets the underline of links run on, and puts the cursor in the
 * wrong place under origin mode.)
 *
 * xterm keeps most of it behind `_core`; its version is pinned, and the cut tests compare every part.
 */

export interface Attributes {
  /** Colours and flags, packed. */
  readonly fg: number;
  readonly bg: number;
  isBold(): number;
  isDim(): number;
  isItalic(): number;
  isBlink(): number;
  isInverse(): number;
  isInvisible(): number;
  isStrikethrough(): number;
  isOverline(): number;
  getFgColorMode(): number;
  getFgColor(): number;
  getBgColorMode(): number;
  getBgColor(): number;
  hasExtendedAttrs(): number;
  isUnderline(): number;
  getUnderlineStyle(): number;
  readonly extended: { readonly urlId: number; readonly underlineStyle: number; readonly underlineColor: number };
}
type Charset = Readonly<Record<string, string>> | undefined;

interface Line {
  readonly length: number;
  readonly isWrapped: boolean;
  loadCell(column: number, cell: Cell): Cell;
}
export interface Cell extends Attributes {
  getChars(): string;
  getWidth(): number;
}

interface ScreenBuffer {
  readonly lines: { readonly length: number; get(row: number): Line | undefined };
  getNullCell(): Cell;
  readonly x: number;
  readonly y: number;
  readonly ybase: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly savedX: number;
  readonly savedY: number;
  readonly savedCurAttrData: Attributes;
  readonly savedCharset: Charset;
  readonly tabs: Readonly<Record<number, boolean>>;
}

/** The parts of xterm's core that are read here. */
export interface TerminalCore {
  /** Parses before it answers. */
  writeSync(data: Uint8Array | string): void;
  readonly buffer: ScreenBuffer;
  readonly buffers: { readonly normal: ScreenBuffer; readonly alt: ScreenBuffer };
  readonly coreService: {
    readonly isCursorHidden: boolean;
    readonly modes: { readonly insertMode: boolean };
    readonly decPrivateModes: {
      readonly applicationCursorKeys: boolean;
      readonly applicationKeypad: boolean;
      readonly bracketedPasteMode: boolean;
      readonly cursorBlink?: boolean;
      readonly cursorStyle?: "block" | "underline" | "bar";
      readonly origin: boolean;
      readonly reverseWraparound: boolean;
      readonly sendFocus: boolean;
      readonly wraparound: boolean;
    };
  };
  readonly optionsService: { readonly rawOptions: { readonly convertEol?: boolean } };
  readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string };
  readonly _charsetService: {
    readonly glevel: number;
    readonly charset: Charset;
    readonly _charsets: readonly Charset[];
  };
  readonly _oscLinkService: { getLinkData(urlId: number): { readonly id?: string; readonly uri: string } | undefined };
  readonly _inputHandler: { readonly _curAttrData: Attributes };
}

interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** The rows of a buffer with at most `scrollback` lines above the screen. */
export const bufferCells = (
  core: TerminalCore,
  buffer: ScreenBuffer,
  { cols, rows, scrollback }: Size & { readonly scrollback: number },
): string => {
  const parts: string[] = [];
  const cell: Cell = Object.create(buffer.getNullCell()) as Cell;
  const pen = createPen(core);
  const first = Math.max(0, buffer.lines.length - rows - scrollback);
  let emptyEnd = "";
  for (let row = first; row < buffer.lines.length; row++) {
    const line = buffer.lines.get(row);
    if (!line) continue;
    // Behind its last row the list still has rows that were dropped, or begins again.
    const isContinued = row + 1 < buffer.lines.length && buffer.lines.get(row + 1)?.isWrapped === true;
    // A wrapped row comes about as it did: by one character too many in the row above.
    const isContinuation = row > first && line.isWrapped;
    if (row > first && !isContinuation) parts.push(pen.plain(), "\r\n");
    // One character too many, for which the first one of the row may be missing.
    if (isContinuation && (emptyEnd !== "" || emptyCells(line, { from: 0, to: 1, cell }) > 0))
      parts.push(pen.plain(), ` ${emptyEnd}\r`);
    emptyEnd = "";
    // An alternate screen that was wider keeps what lies beyond its edge, and shows nothing of it.
    const length = Math.min(line.length, cols);
    const end = isContinued
      ? wrappedLength(buffer, row, { length, cell })
      : Math.max(inkedLength(line, length, cell), isContinuation ? 1 : 0);
    for (let column = 0; column < end; ) {
      line.loadCell(column, cell);
      const empty = cell.getChars() === "" ? emptyCells(line, { from: column, to: end, cell }) : 0;
      if (empty > 0) {
        line.loadCell(column, cell);
        // Blanks would be something to lay out anew when the terminal becomes narrower.
        const isEnd = isContinued && column + empty === length;
        const erase = `\u001b[${empty}X`;
        // Only what is full goes on in the next row; from there its end can be emptied again.
        if (isEnd && rows > 1)
          emptyEnd = `\u001b[A\u001b[${column + 1}G${graphicRendition(cell)}${erase}${plain}\u001b[B`;
        parts.push(...(isEnd ? [pen.plain(), " ".repeat(empty)] : [pen.take(cell), erase, `\u001b[${empty}C`]));
        column += empty;
        continue;
      }
      const isWide = cell.getWidth() === 2;
      // A wide character of which an edit has left one half shows as nothing.
      const isWhole = !isWide || (column + 1 < length && isBlankHalf(line, column + 1, cell));
      if (isWide) line.loadCell(column, cell);
      parts.push(pen.take(cell), (isWhole && cell.getChars()) || " ");
      column += isWide && isWhole ? 2 : 1;
    }
    // Wrapping has filled the rest with whatever background the last character had.
    if (isContinuation && end < length) parts.push(pen.plain(), "\u001b[K");
  }
  parts.push(pen.plain());
  return parts.join("");
};

const isBlankHalf = (line: Line, column: number, cell: Cell): boolean => {
  line.loadCell(column, cell);
  return cell.getWidth() === 0 || cell.getChars() === "";
};

/** How many cells of the same look hold nothing, not even a blank. */
const emptyCells = (line: Line, { from, to, cell }: { from: number; to: number; cell: Cell }): number => {
  let column = from;
  for (let look = ""; column < to; column++) {
    line.loadCell(column, cell);
    if (cell.getChars() !== "" || cell.getWidth() !== 1 || isDecorated(cell)) break;
    const own = `${cell.getBgColorMode()} ${cell.getBgColor()}`;
    if (column > from && own !== look) break;
    look = own;
  }
  return column - from;
};

/** All columns, but for the last one that was too narrow for the wide character that comes next. */
const wrappedLength = (
  buffer: ScreenBuffer,
  row: number,
  { length, cell }: { readonly length: number; readonly cell: Cell },
): number => {
  const isNextWide =
    buffer.lines
      .get(row + 1)
      ?.loadCell(0, cell)
      .getWidth() === 2;
  const last = buffer.lines.get(row)?.loadCell(length - 1, cell);
  return isNextWide && last?.getChars() === "" && last.getWidth() === 1 ? length - 1 : length;
};

const isDecorated = (cell: Cell): boolean =>
  Boolean(cell.isInverse() || cell.isUnderline() || cell.isStrikethrough() || cell.isOverline());

/** Columns up to the last one that shows anything. */
const inkedLength = (line: Line, length: number, cell: Cell): number => {
  for (let column = length; column > 0; column--) {
    line.loadCell(column - 1, cell);
    if (cell.getChars() !== "" || cell.getWidth() === 0 || cell.getBgColorMode() !== 0 || isDecorated(cell))
      return column;
  }
  return 0;
};

/** Rows of the list up to the last one that shows anything; 0 for an empty screen without scrollback. */
export const inkedRows = (buffer: ScreenBuffer, cols: number): number => {
  const cell: Cell = Object.create(buffer.getNullCell()) as Cell;
  for (let row = buffer.lines.length; row > 0; row--) {
    const line = buffer.lines.get(row - 1);
    if (line && inkedLength(line, Math.min(line.length, cols), cell) > 0) return row;
  }
  return 0;
};

/** Says only what changes from one cell to the next. */
const createPen = (core: TerminalCore) => {
  let look = plain;
  let link = 0;
  /** Of the last cell, unless more belongs to its look: nearly all look like the one before them. */
  let last: { readonly fg: number; readonly bg: number } | undefined;
  const turn = (nextLook: string, nextLink: number): string => {
    const change = `${nextLink === link ? "" : hyperlink(core, nextLink)}${nextLook === look ? "" : nextLook}`;
    look = nextLook;
    link = nextLink;
    return change;
  };
  return {
    take: (cell: Cell) => {
      const { fg, bg } = cell;
      if (last !== undefined && fg === last.fg && bg === last.bg) return "";
      last = cell.hasExtendedAttrs() === 0 ? { fg, bg } : undefined;
      return turn(graphicRendition(cell, linkOf(core, cell) !== 0), linkOf(core, cell));
    },
    plain: () => {
      last = undefined;
      return turn(plain, 0);
    },
  };
};

/** OSC 8; 0 ends a link. */
const hyperlink = (core: TerminalCore, urlId: number): string => {
  const data = urlId === 0 ? undefined : core._oscLinkService.getLinkData(urlId);
  return `\u001b]8;${data?.id === undefined ? "" : `id=${data.id}`};${data?.uri ?? ""}\u001b\\`;
};

/** For the buffer that is being painted, right after its cells: region, saved cursor, tab stops, cursor. */
export const bufferState = (core: TerminalCore, buffer: ScreenBuffer, { cols, rows }: Size): string => {
  const parts: string[] = [];
  const tabs = Object.keys(buffer.tabs).map(Number);
  const isDefaultTabs = tabs.every((tab) => tab % 8 === 0) && tabs.length >= Math.ceil(cols / 8);
  if (!isDefaultTabs)
    parts.push("\u001b[3g", ...tabs.filter((tab) => tab < cols).map((tab) => `\u001b[1;${tab + 1}H\u001bH`));
  parts.push(savedCursor(core, buffer, cols));
  if (buffer.scrollTop > 0 || buffer.scrollBottom < rows - 1)
    parts.push(`\u001b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r`);
  parts.push(`\u001b[${buffer.y + 1};${Math.min(buffer.x, cols - 1) + 1}H`);
  return parts.join("");
};

/** Moves the cursor, unless there is nothing to save. To be sent after the buffer's cells. */
export const savedCursor = (core: TerminalCore, buffer: ScreenBuffer, cols: number): string => {
  const row = Math.max(0, buffer.savedY - buffer.ybase);
  const look = graphicRendition(buffer.savedCurAttrData);
  if (buffer.savedX === 0 && row === 0 && look === plain && !buffer.savedCharset) return "";
  const place =
    buffer.savedX < cols ? `\u001b[${row + 1};${buffer.savedX + 1}H` : pendingWrap(core, buffer, { row, cols });
  return `${place}${look}\u001b(${designator(buffer.savedCharset)}\u001b7\u001b(B${plain}`;
};

/** Prints the last character of a row once more, so that the cursor waits behind it. */
const pendingWrap = (
  core: TerminalCore,
  buffer: ScreenBuffer,
  { row, cols }: { readonly row: number; readonly cols: number },
): string => {
  const cell: Cell = Object.create(buffer.getNullCell()) as Cell;
  const line = buffer.lines.get(buffer.ybase + row);
  line?.loadCell(cols - 1, cell);
  const column = cell.getWidth() === 0 ? cols - 2 : cols - 1;
  line?.loadCell(column, cell);
  const pen = createPen(core);
  return `\u001b[${row + 1};${column + 1}H${pen.take(cell)}${cell.getChars() || " "}${pen.plain()}`;
};

/** Modes, character sets, the cursor and how the next character looks: the end of a snapshot. */
export const terminalState = (core: TerminalCore, { cols }: Size): string => {
  const { decPrivateModes: modes, isCursorHidden, modes: ansi } = core.coreService;
  const { buffer } = core;
  const link = linkOf(core, core._inputHandler._curAttrData);
  const parts = [
    modes.applicationCursorKeys && "\u001b[?1h",
    modes.applicationKeypad && "\u001b[?66h",
    modes.bracketedPasteMode && "\u001b[?2004h",
    modes.reverseWraparound && "\u001b[?45h",
    modes.sendFocus && "\u001b[?1004h",
    !modes.wraparound && "\u001b[?7l",
    ansi.insertMode && "\u001b[4h",
    core.optionsService.rawOptions.convertEol && "\u001b[20h",
    mouseProtocols[core.coreMouseService.activeProtocol],
    mouseEncodings[core.coreMouseService.activeEncoding],
    isCursorHidden && "\u001b[?25l",
    modes.cursorStyle && `\u001b[${cursorStyles[modes.cursorStyle] - (modes.cursorBlink ? 1 : 0)} q`,
    ...["(", ")", "*", "+"].map((slot, index) => {
      const charset = designator(core._charsetService._charsets[index]);
      return charset !== "B" && `\u001b${slot}${charset}`;
    }),
    lockingShifts[core._charsetService.glevel],
    // A restored cursor brings its character set along without changing the slots.
    core._charsetService.charset !== core._charsetService._charsets[core._charsetService.glevel] && "\u001b8",
    // Setting origin mode moves the cursor, and positions count from the region afterwards.
    modes.origin && "\u001b[?6h",
    `\u001b[${buffer.y - (modes.origin ? buffer.scrollTop : 0) + 1};${Math.min(buffer.x, cols - 1) + 1}H`,
    link !== 0 && hyperlink(core, link),
    graphicRendition(core._inputHandler._curAttrData, link !== 0),
  ];
  return parts.filter(Boolean).join("");
};

const plain = "\u001b[0m";
const mouseProtocols: Readonly<Record<string, string>> = {
  X10: "\u001b[?9h",
  VT200: "\u001b[?1000h",
  DRAG: "\u001b[?1002h",
  ANY: "\u001b[?1003h",
};
const mouseEncodings: Readonly<Record<string, string>> = { SGR: "\u001b[?1006h", SGR_PIXELS: "\u001b[?1016h" };
const cursorStyles = { block: 2, underline: 4, bar: 6 } as const;
const lockingShifts = ["", "\u000e", "\u001bn", "\u001bo"];

/** The two sets that programs use; others show as ASCII. */
const designator = (charset: Charset): string => {
  if (charset?.["q"] === "─") return "0";
  return charset?.["#"] === "£" ? "A" : "B";
};

/** SGR, ECMA-48 8.3.117, from a clean state. */
export const graphicRendition = (look: Attributes, hasLink = false): string => {
  // A link brings its underline along, unless the link itself has been forgotten; a style of 0 is drawn as
  // a single line.
  const isUnderlined = hasLink ? look.getUnderlineStyle() > 0 : look.isUnderline() !== 0;
  const underline = isUnderlined
    ? Math.max(1, hasLink ? 1 : look.hasExtendedAttrs() ? look.extended.underlineStyle : 1)
    : 0;
  const codes = [
    "0",
    look.isBold() && "1",
    look.isDim() && "2",
    look.isItalic() && "3",
    underline > 0 && (underline > 1 ? `4:${underline}` : "4"),
    look.isBlink() && "5",
    look.isInverse() && "7",
    look.isInvisible() && "8",
    look.isStrikethrough() && "9",
    look.isOverline() && "53",
    color(look.getFgColorMode(), look.getFgColor(), 30),
    color(look.getBgColorMode(), look.getBgColor(), 40),
    look.hasExtendedAttrs() && underlineColor(look.extended.underlineColor),
  ];
  return `\u001b[${codes.filter(Boolean).join(";")}m`;
};

/**
 * 0 when there is none, or when xterm has dropped it with its last line. What a cell's `extended` says is
 * of another cell unless this one has it.
 */
const linkOf = (core: TerminalCore, look: Attributes): number => {
  const id = look.hasExtendedAttrs() ? look.extended.urlId : 0;
  return id !== 0 && core._oscLinkService.getLinkData(id) !== undefined ? id : 0;
};

const colorModes = { palette16: 0x1000000, palette256: 0x2000000, rgb: 0x3000000 } as const;

const color = (mode: number, value: number, first: 30 | 40): string | undefined => {
  if (mode === colorModes.palette16) return String(value < 8 ? first + value : first + 60 + value - 8);
  if (mode === colorModes.palette256) return `${first + 8};5;${value}`;
  if (mode === colorModes.rgb) return `${first + 8};2;${rgb(value)}`;
  return undefined;
};

const colorMode = 0x3000000;

/** What there is no short form of: mode and value in one number, 0 for the colour of the character. */
const underlineColor = (packed: number): string | undefined =>
  (packed & colorMode) === colorModes.rgb
    ? `58;2;${rgb(packed)}`
    : (packed & colorMode) === 0
      ? undefined
      : `58;5;${packed & 255}`;

const rgb = (color: number): string => `${(color >> 16) & 255};${(color >> 8) & 255};${color & 255}`;
