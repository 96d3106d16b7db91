import type { Terminal } from "@xterm/xterm";
import { needsConfirmation, pastable } from "./paste.ts";

/** What only a person can decide or do about the clipboard. */
export type ClipboardAsk =
  /** Several lines would run one after the other as they arrive. */
  | { readonly kind: "confirm"; readonly text: string }
  /** The browser refused to copy: the text is copied by hand. */
  | { readonly kind: "copy"; readonly text: string }
  /** The browser refused to tell what is in the clipboard: it is pasted by hand. */
  | { readonly kind: "paste" };

export interface TerminalClipboard {
  /** Copies what is selected. */
  copy(): void;
  /** Pastes what is in the clipboard, as far as the browser tells. */
  read(): void;
  /** Pastes a text without asking. */
  paste(text: string): void;
  dispose(): void;
}

/** A click on another button belongs to the program when it has asked for the mouse. */
const isForProgram = (terminal: Terminal, event: MouseEvent): boolean =>
  event.shiftKey || terminal.modes.mouseTrackingMode !== "none";

/**
 * Copy and paste as terminals have them: the right button copies what is selected, else pastes; the middle
 * one pastes. Everything that is pasted passes through here, also what the browser itself brings.
 */
export const attachClipboard = (
  element: HTMLElement,
  terminal: Terminal,
  ask: (ask: ClipboardAsk) => void,
): TerminalClipboard => {
  const paste = (text: string): void => terminal.paste(pastable(text));
  const offer = (text: string): void => {
    if (text === "") return;
    if (needsConfirmation(text, { bracketedPaste: terminal.modes.bracketedPasteMode })) ask({ kind: "confirm", text });
    else paste(text);
  };
  const read = (): void => {
    const reading = navigator.clipboard?.readText?.();
    if (reading === undefined) ask({ kind: "paste" });
    else reading.then(offer, () => ask({ kind: "paste" }));
  };
  const copy = (): void => {
    const text = terminal.getSelection();
    if (text === "") return;
    const writing = navigator.clipboard?.writeText?.(text);
    if (writing === undefined) ask({ kind: "copy", text });
    else writing.catch(() => ask({ kind: "copy", text }));
  };

  const own = new AbortController();
  const listen = <K extends "paste" | "contextmenu" | "auxclick">(
    type: K,
    handle: (event: HTMLElementEventMap[K]) => void,
  ): void => element.addEventListener(type, handle, { capture: true, signal: own.signal });
  listen("paste", (event) => {
    event.preventDefault();
    event.stopPropagation();
    offer(event.clipboardData?.getData("text/plain") ?? "");
  });
  listen("contextmenu", (event) => {
    // A long press on a touch screen asks for the browser's own menu.
    if (isForProgram(terminal, event) || (event instanceof PointerEvent && event.pointerType === "touch")) return;
    event.preventDefault();
    event.stopPropagation();
    if (terminal.hasSelection()) {
      copy();
      terminal.clearSelection();
    } else read();
  });
  listen("auxclick", (event) => {
    // Where there is a primary selection, the browser pastes it by itself.
    if (event.button !== 1 || isForProgram(terminal, event) || /Linux|X11/.test(navigator.userAgent)) return;
    event.preventDefault();
    read();
  });
  return { copy, read, paste, dispose: () => own.abort() };
};
