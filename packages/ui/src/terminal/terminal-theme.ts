import type { ITheme } from "@xterm/xterm";

/** The terminal's own colours; it stays dark on a light page, where most programs' colours expect it. */
const shared: ITheme = {
  black: "#2b2a33",
  red: "#ff8078",
  green: "#7fd99a",
  yellow: "#f0c36a",
  blue: "#8fb4ff",
  magenta: "#d6a3ff",
  cyan: "#72d5d8",
  white: "#d9d6e0",
  brightBlack: "#807c8f",
  brightRed: "#ff9f98",
  brightGreen: "#a0ebb6",
  brightYellow: "#ffd98c",
  brightBlue: "#b3ccff",
  brightMagenta: "#e6c4ff",
  brightCyan: "#9ae9eb",
  brightWhite: "#ffffff",
  foreground: "#e8e5ee",
  cursor: "#b9b3ff",
  cursorAccent: "#17161c",
  // Three to one against both canvases, and six to one under its own letters: what a search found is seen by this
  // alone, and while the focus is in the search field.
  selectionBackground: "#5f5aa6",
  selectionInactiveBackground: "#5f5aa6",
  selectionForeground: "#ffffff",
  scrollbarSliderBackground: "#ffffff26",
  scrollbarSliderHoverBackground: "#ffffff40",
  scrollbarSliderActiveBackground: "#ffffff59",
  overviewRulerBorder: "#00000000",
};

export const terminalThemes = {
  normal: { ...shared, background: "#17161c" },
  highContrast: { ...shared, background: "#000000", foreground: "#ffffff" },
} as const satisfies Record<string, ITheme>;

export const terminalFont =
  'ui-monospace, "Cascadia Mono", "SF Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';
