import { guardReflow } from "@atelier/contract";
import headless from "@xterm/headless";
import { graphicRendition, type TerminalCore } from "../terminal/terminal-state.ts";

type HeadlessTerminal = InstanceType<typeof headless.Terminal>;

/** A terminal as a browser would have it, without the browser. */
export interface Screen {
  write(data: Uint8Array | string): Promise<void>;
  resize(size: { readonly cols: number; readonly rows: number }): Promise<void>;
  /** Everything that a later byte's effect could depend on, as lines to compare. */
  describe(): Promise<readonly string[]>;
  dispose(): void;
}

const comparedScrollback = 50;

export const createScreen = (size: { readonly cols: number; readonly rows: number }): Screen => {
  const terminal = new headless.Terminal({ ...size, scrollback: 2000, allowProposedApi: true, logLevel: "off" });
  guardReflow(terminal);
  const write = (data: Uint8Array | string): Promise<void> => new Promise((resolve) => terminal.write(data, resolve));
  return {
    write,
    resize: async ({ cols, rows }) => {
      await write("");
      terminal.resize(cols, rows);
    },
    describe: async () => {
      await write("");
      return [...stateOf(terminal), ...linesOf(terminal)];
    },
    dispose: () => terminal.dispose(),
  };
};

const stateOf = (terminal: HeadlessTerminal): readonly string[] => {
  const core = (terminal as unknown as { readonly _core: TerminalCore })._core;
  const { buffer, coreService, coreMouseService } = core;
  const { synchronizedOutput: _temporary, ...modes } = coreService.decPrivateModes as unknown as Record<
    string,
    unknown
  >;
  return [
    `size ${terminal.cols}x${terminal.rows}`,
    `buffer ${terminal.buffer.active.type}`,
    `cursor ${buffer.x},${buffer.y}${coreService.isCursorHidden ? " hidden" : ""}`,
    `region ${buffer.scrollTop}-${buffer.scrollBottom}`,
    `saved ${buffer.savedX},${Math.max(0, buffer.savedY - buffer.ybase)}`,
    `looks ${graphicRendition(core._inputHandler._curAttrData)} saved ${[core.buffers.normal, core.buffers.alt].map(({ savedX, savedY, ybase, savedCurAttrData, savedCharset }) => `${savedX},${Math.max(0, savedY - ybase)} ${graphicRendition(savedCurAttrData)} ${savedCharset?.["q"] ?? "-"}`).join(" | ")}`.replaceAll(
      "\u001b",
      "ESC",
    ),
    `tabs ${Object.keys(buffer.tabs)
      .filter((tab) => Number(tab) < terminal.cols)
      .join(" ")}`,
    `modes ${JSON.stringify(modes)} insert ${coreService.modes.insertMode} mouse ${coreMouseService.activeProtocol} ${coreMouseService.activeEncoding}`,
    `charsets ${core._charsetService.charset?.["q"] ?? "-"} ${core._charsetService.glevel} ${[0, 1, 2, 3].map((slot) => core._charsetService._charsets[slot]?.["q"] ?? "-").join("")}`,
  ];
};

const linesOf = (terminal: HeadlessTerminal): readonly string[] => {
  const { active } = terminal.buffer;
  const first = Math.max(0, active.length - terminal.rows - comparedScrollback);
  const lines: string[] = [];
  for (let y = first; y < active.length; y++) {
    const line = active.getLine(y);
    if (!line) continue;
    let text = "";
    let looks = "";
    let last = "";
    let isSecondHalf = false;
    for (let x = 0; x < terminal.cols; x++) {
      const cell = line.getCell(x);
      if (!cell) continue;
      // A wide character covers the next cell, whether that is marked so or was emptied.
      const isCovered = cell.getWidth() === 0 || (isSecondHalf && cell.getChars() === "");
      isSecondHalf = cell.getWidth() === 2;
      if (isCovered) continue;
      const next = isSecondHalf ? line.getCell(x + 1) : undefined;
      // An edit has left one half of it.
      const isBroken = isSecondHalf && !(next?.getWidth() === 0 || next?.getChars() === "");
      text += (!isBroken && cell.getChars()) || " ";
      isSecondHalf &&= !isBroken;
      const isBlank =
        (isBroken || cell.getChars().trim() === "") &&
        !cell.isUnderline() &&
        !cell.isInverse() &&
        !cell.isStrikethrough();
      // Nobody sees the colour of ink that is not there.
      const styles = [
        cell.isBold(),
        cell.isDim(),
        cell.isItalic(),
        cell.isUnderline(),
        cell.isInverse(),
        cell.isStrikethrough(),
      ];
      const ink = isBlank
        ? ""
        : `${cell.getFgColorMode()}.${cell.getFgColor()} ${styles.map((is) => (is ? "1" : "0")).join("")}`;
      const look = `${cell.getBgColorMode()}.${cell.getBgColor()}/${ink}`;
      if (look !== last) looks += ` ${x}:${look}`;
      last = look;
    }
    lines.push(`${active.length - y} ${y > 0 && line.isWrapped ? ">" : "|"}${text}|${looks}`);
  }
  return lines;
};
