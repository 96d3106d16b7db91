import { guardReflow, limitRepeats } from "@atelier/contract";
import { FitAddon } from "@xterm/addon-fit";
import type { SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";
import { attachClipboard, type ClipboardAsk, type TerminalClipboard } from "./clipboard.ts";
import { isLeaveChord } from "./leave-chord.ts";
import { arrowKey, controlCharacter } from "./paste.ts";
import { safeLink } from "./safe-link.ts";
import type { TerminalSize } from "./terminal-source.ts";
import { terminalFont, terminalThemes } from "./terminal-theme.ts";

export interface ScreenOptions {
  readonly fontSize: number;
  readonly screenReaderMode: boolean;
  readonly highContrast: boolean;
  readonly readOnly: boolean;
}

export interface ScreenEvents {
  /** Bytes typed, pasted or answered by the terminal itself. */
  input(bytes: Uint8Array): void;
  /** The pane has room for another size. */
  fitted(size: TerminalSize): void;
  leave(): void;
  /** A link is under the pointer, or no longer. */
  hoverLink(address: string | undefined): void;
  /** A link was clicked; true when somebody else opens it. */
  openLink(address: string): boolean;
  ask(ask: ClipboardAsk): void;
  /** The held Control key went into a character. */
  controlUsed(): void;
}

export interface Screen {
  readonly terminal: Terminal;
  /** The search over the scrollback, loaded on the first call. */
  search(): Promise<SearchAddon>;
  /**
   * Answers the size that the element has room for, and takes it unless another viewer has given the terminal
   * its own: then the shell has the say, and who took a size for a moment would lose what is beyond its edge.
   * Hidden elements change nothing.
   */
  fit(): TerminalSize;
  readonly clipboard: TerminalClipboard;
  /** Types for a keyboard that lacks the key: text, or an arrow as `ESC [ A` to `ESC [ D`. */
  type(text: string): void;
  /** The next character is typed with Control, for keyboards without that key. */
  holdControl(isHeld: boolean): void;
  /** All there is on the screen and above it, as plain text. */
  text(): string;
  apply(options: ScreenOptions): void;
  dispose(): void;
}

/** Smaller letters lose their spaces; what does not fit is scrolled to. */
const leastWatchedFontSize = 9;

const encoder = new TextEncoder();

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const optionsOf = ({ fontSize, screenReaderMode, highContrast, readOnly }: ScreenOptions) => ({
  fontSize,
  screenReaderMode,
  disableStdin: readOnly,
  theme: highContrast ? terminalThemes.highContrast : terminalThemes.normal,
  minimumContrastRatio: highContrast ? 7 : 4.5,
});

/**
 * An xterm on an element. What the shell prints is untrusted: titles are ignored, OSC 52 has no
 * handler (no clipboard addon), window reports stay off, and links open only when plain http(s).
 */
export const openScreen = (element: HTMLElement, options: ScreenOptions, events: ScreenEvents): Screen => {
  const openLink = (text: string): void => {
    const address = safeLink(text);
    if (address !== undefined && !events.openLink(address)) window.open(address, "_blank", "noopener,noreferrer");
  };
  const hover = (text: string | undefined): void => events.hoverLink(text === undefined ? undefined : safeLink(text));
  const terminal = new Terminal({
    ...optionsOf(options),
    fontFamily: terminalFont,
    lineHeight: 1.2,
    scrollback: 5000,
    cursorBlink: false,
    cursorStyle: "bar",
    cursorWidth: 2,
    cursorInactiveStyle: "outline",
    macOptionIsMeta: false,
    rightClickSelectsWord: false,
    linkHandler: {
      activate: (_event, text) => openLink(text),
      hover: (_event, text) => hover(text),
      leave: () => hover(undefined),
    },
  });
  let current = options;
  const fitter = new FitAddon();
  terminal.loadAddon(fitter);
  terminal.loadAddon(
    new WebLinksAddon((_event, text) => openLink(text), {
      hover: (_event, text) => hover(text),
      leave: () => hover(undefined),
    }),
  );
  let isControlHeld = false;
  terminal.onData((text) => {
    const controlled = isControlHeld ? controlCharacter(text) : undefined;
    if (controlled !== undefined) {
      isControlHeld = false;
      events.controlUsed();
    }
    events.input(encoder.encode(controlled ?? text));
  });
  terminal.onBinary((text) => events.input(latin1(text)));
  terminal.attachCustomKeyEventHandler((event) => {
    if (isLeaveChord(event)) {
      event.preventDefault();
      if (event.type === "keydown") events.leave();
      return false;
    }
    if (event.ctrlKey && event.shiftKey && !event.altKey && event.code === "KeyC") {
      event.preventDefault();
      if (event.type === "keydown") clipboard.copy();
      return false;
    }
    // The browser itself pastes into xterm's textarea; the shell must not get the key as well.
    return !(event.ctrlKey && event.shiftKey && !event.altKey && event.code === "KeyV");
  });
  const clipboard = attachClipboard(element, terminal, (ask) => events.ask(ask));
  limitRepeats(terminal.parser);
  guardReflow(terminal);
  terminal.open(element);
  element.toggleAttribute("data-read-only", options.readOnly);
  let cursorRow = -1;
  terminal.onRender(() => {
    const { cursorY } = terminal.buffer.active;
    // While the cursor stays in its row the pane is its reader's to scroll.
    if (!current.readOnly || cursorY === cursorRow) return;
    cursorRow = cursorY;
    keepRowInView(element, cursorY / terminal.rows, 1 / terminal.rows);
  });

  const size = (): TerminalSize => ({ cols: terminal.cols, rows: terminal.rows });
  /** The last one that there was room for. */
  let own = size();
  const fit = (): TerminalSize => {
    if (element.offsetWidth === 0 || element.offsetHeight === 0) return size();
    const proposed = fitter.proposeDimensions();
    if (proposed === undefined || Number.isNaN(proposed.cols) || Number.isNaN(proposed.rows)) return size();
    if (current.readOnly) {
      // Who watches has no say in the size: the letters fit the shell's instead, as long as they can be read.
      const { fontSize = current.fontSize } = terminal.options;
      const room = Math.min(proposed.cols / terminal.cols, proposed.rows / terminal.rows);
      const fitting = Math.max(leastWatchedFontSize, Math.min(current.fontSize, Math.floor(fontSize * room * 2) / 2));
      if (fitting !== fontSize) terminal.options.fontSize = fitting;
      return size();
    }
    const cols = Math.min(1000, Math.max(2, proposed.cols));
    const rows = Math.min(1000, Math.max(1, proposed.rows));
    const isOwn = terminal.cols === own.cols && terminal.rows === own.rows;
    own = { cols, rows };
    if (isOwn) terminal.resize(cols, rows);
    return own;
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  const refit = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (element.offsetWidth > 0) events.fitted(fit());
    }, 60);
  };
  const observer = new ResizeObserver(refit);
  observer.observe(element);
  // Another viewer may have given the shell its own size; who works here may take it back.
  terminal.textarea?.addEventListener("focus", refit);

  let search: Promise<SearchAddon> | undefined;
  const loadSearch = async (): Promise<SearchAddon> => {
    const addon = new (await import("@xterm/addon-search")).SearchAddon();
    terminal.loadAddon(addon);
    return addon;
  };

  return {
    terminal,
    search: () => {
      search ??= loadSearch();
      return search;
    },
    fit,
    clipboard,
    type: (text) => {
      const arrow = arrowKey(text, { isControlHeld, isApplication: terminal.modes.applicationCursorKeysMode });
      if (arrow !== undefined && isControlHeld) {
        isControlHeld = false;
        events.controlUsed();
      }
      terminal.input(arrow ?? text, true);
    },
    holdControl: (isHeld) => {
      isControlHeld = isHeld;
    },
    text: () => bufferText(terminal),
    apply: (next) => {
      current = next;
      element.toggleAttribute("data-read-only", next.readOnly);
      Object.assign(terminal.options, optionsOf(next));
      refit();
    },
    dispose: () => {
      clearTimeout(timer);
      observer.disconnect();
      clipboard.dispose();
      terminal.dispose();
    },
  };
};

/** Scrolls a pane that is smaller than the screen in it; the place and height of the row as parts of the screen. */
const keepRowInView = (element: HTMLElement, place: number, share: number): void => {
  const screen = element.querySelector<HTMLElement>(".xterm-screen");
  if (screen === null || element.scrollHeight <= element.clientHeight) return;
  const height = screen.offsetHeight * share;
  const top = screen.getBoundingClientRect().top - element.getBoundingClientRect().top + element.scrollTop;
  const from = top + screen.offsetHeight * place;
  element.scrollTop = Math.min(from, Math.max(element.scrollTop, from + height - element.clientHeight));
};

/** Lines that the screen broke are one line again. */
const bufferText = ({ buffer: { active } }: Terminal): string => {
  const lines: string[] = [];
  for (let index = 0; index < active.length; index++) {
    const line = active.getLine(index);
    if (line === undefined) continue;
    const isWrapped = line.isWrapped && lines.length > 0;
    const text = line.translateToString(active.getLine(index + 1)?.isWrapped !== true);
    if (isWrapped) lines[lines.length - 1] += text;
    else lines.push(text);
  }
  return lines.join("\n").trimEnd();
};
