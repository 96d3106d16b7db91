import type { ReactNode } from "react";
import { strings } from "../../strings/en.ts";

const keys: readonly { readonly label: string; readonly name: string; readonly text: string }[] = [
  { label: "Esc", name: "Escape", text: "\u001b" },
  { label: "Tab", name: "Tab", text: "\t" },
  { label: "^C", name: "Control C", text: "\u0003" },
  { label: "^D", name: "Control D", text: "\u0004" },
  { label: "^L", name: "Control L", text: "\u000c" },
  { label: "←", name: "Left", text: "\u001b[D" },
  { label: "↑", name: "Up", text: "\u001b[A" },
  { label: "↓", name: "Down", text: "\u001b[B" },
  { label: "→", name: "Right", text: "\u001b[C" },
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
      Ctrl
    </button>
    <button
      type="button"
      aria-label={strings.terminal.paste}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onPaste}
    >
      {strings.terminal.pasteShort}
    </button>
    {keys.map(({ label, name, text }) => (
      // The focus, and with it the on-screen keyboard, stays where it is.
      <button
        key={name}
        type="button"
        aria-label={name}
        onPointerDown={(event) => event.preventDefault()}
        onClick={() => onType(text)}
      >
        {label}
      </button>
    ))}
  </div>
);
