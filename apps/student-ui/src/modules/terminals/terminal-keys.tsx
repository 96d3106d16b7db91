import type { ReactNode } from "react";
import { strings } from "../../strings/en.ts";

const words = strings.terminal.keyNames;
/** What a key is called, and what it sends; see `strings.terminal.keyNames`. */
const keys: readonly { readonly key: keyof typeof words; readonly text: string }[] = [
  { key: "escape", text: "\u001b" },
  { key: "tab", text: "\t" },
  { key: "controlC", text: "\u0003" },
  { key: "controlD", text: "\u0004" },
  { key: "controlL", text: "\u000c" },
  { key: "left", text: "\u001b[D" },
  { key: "up", text: "\u001b[A" },
  { key: "down", text: "\u001b[B" },
  { key: "right", text: "\u001b[C" },
];

export interface TerminalKeysProps {
  readonly onType: (text: string) => void;
  /** Whether the next character goes with Control. */
  readonly isControlHeld: boolean;
  readonly onHoldControl: (isHeld: boolean) => void;
  readonly onPaste: () => void;
}

/** Keys that a touch keyboard lacks. Shown on touch screens only, by style. */
export const TerminalKeys = ({ onType, isControlHeld, onHoldControl, onPaste }: TerminalKeysProps): ReactNode => (
  <div className="terminal-keys" role="group" aria-label={strings.terminal.keys}>
    <button
      type="button"
      aria-pressed={isControlHeld}
      aria-label={strings.terminal.control}
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => onHoldControl(!isControlHeld)}
    >
      {strings.terminal.controlShort}
    </button>
    <button
      type="button"
      aria-label={strings.terminal.paste}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onPaste}
    >
      {strings.terminal.pasteShort}
    </button>
    {keys.map(({ key, text }) => (
      // The focus, and with it the on-screen keyboard, stays where it is.
      <button
        key={key}
        type="button"
        aria-label={words[key].name}
        onPointerDown={(event) => event.preventDefault()}
        onClick={() => onType(text)}
      >
        {words[key].label}
      </button>
    ))}
  </div>
);
