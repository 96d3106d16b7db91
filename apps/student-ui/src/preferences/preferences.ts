import { clampShare } from "@atelier/ui/split";
import { useSyncExternalStore } from "react";

export interface Preferences {
  readonly theme: "auto" | "light" | "dark" | "contrast";
  readonly layout: "text" | "both" | "terminal";
  readonly fontSize: number;
  readonly screenReader: boolean;
  readonly stepsOpen: boolean;
  /** Per cent of the width that the text takes beside the tools. */
  readonly textShare: number;
  /** Which kind of tool was in front last. */
  readonly tool: "terminal" | "editor";
}

export const fontSizes = { least: 10, most: 24 } as const;

const defaults: Preferences = {
  theme: "auto",
  layout: "both",
  fontSize: 14,
  screenReader: false,
  stepsOpen: true,
  textShare: 46,
  tool: "terminal",
};
const key = "atelier.preferences";

const oneOf = <const T extends string>(value: unknown, allowed: readonly T[], fallback: T): T =>
  allowed.find((candidate) => candidate === value) ?? fallback;

/** Preferences from what a browser has stored, whatever that is. */
export const readPreferences = (text: string | null): Preferences => {
  let stored: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text ?? "{}");
    if (typeof parsed === "object" && parsed !== null) stored = { ...parsed };
  } catch {
    // Somebody else's text under our key: the defaults serve.
  }
  const { fontSize, textShare } = stored;
  return {
    theme: oneOf(stored.theme, ["auto", "light", "dark", "contrast"], defaults.theme),
    layout: oneOf(stored.layout, ["text", "both", "terminal"], defaults.layout),
    fontSize:
      typeof fontSize === "number" && fontSize >= fontSizes.least && fontSize <= fontSizes.most
        ? Math.round(fontSize)
        : defaults.fontSize,
    screenReader: stored.screenReader === true,
    stepsOpen: stored.stepsOpen !== false,
    textShare: typeof textShare === "number" && Number.isFinite(textShare) ? clampShare(textShare) : defaults.textShare,
    tool: oneOf(stored.tool, ["terminal", "editor"], defaults.tool),
  };
};

let current: Preferences | undefined;
const listeners = new Set<() => void>();

/** Storage can be turned off or full: then a preference lasts as long as the page. */
const stored = (): Preferences => {
  try {
    return readPreferences(localStorage.getItem(key));
  } catch {
    return defaults;
  }
};

const snapshot = (): Preferences => {
  current ??= stored();
  return current;
};

export const setPreferences = (change: Partial<Preferences>): void => {
  current = { ...snapshot(), ...change };
  try {
    localStorage.setItem(key, JSON.stringify(current));
  } catch {
    // See above.
  }
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, snapshot);
