import { useMemo, useRef, useState } from "react";
import { runIn } from "./run-in.ts";
import type { RegisteredTerminal, TerminalRegistry } from "./terminal-registry.ts";
import { isNumbered, unnamedTarget } from "./unnamed-target.ts";

export interface TerminalRegistryOptions {
  readonly enabled: boolean;
  /** The notice of what is recorded stands before the terminals. */
  readonly isGated: boolean;
  /** Of the terminals that there are. */
  readonly names: readonly string[];
  /** Brings a terminal to the front where it is hidden. */
  readonly show: (name: string | undefined) => void;
  /** Opens a terminal of that name; undefined when it could not be. */
  readonly open: (name: string) => Promise<string | undefined>;
}

/** The registry of the page's terminals. */
export const useTerminalRegistry = ({
  enabled,
  isGated,
  names,
  show,
  open,
}: TerminalRegistryOptions): TerminalRegistry => {
  const handles = useRef(new Map<string, RegisteredTerminal>());
  const [current, setCurrent] = useState<string>();
  const [lastNumbered, setLastNumbered] = useState<string>();
  const target = unnamedTarget({ names, front: current, lastNumbered });
  const latestShow = useRef(show);
  latestShow.current = show;
  const latestOpen = useRef(open);
  latestOpen.current = open;
  return useMemo(() => {
    /** Once it is in front, and after whatever gave the order has given its focus back. */
    const inFront = (act: (terminal: RegisteredTerminal) => void) => (): void => {
      latestShow.current(current);
      requestAnimationFrame(() => {
        const terminal = handles.current.get(current ?? "");
        if (terminal !== undefined) act(terminal);
      });
    };
    return {
      enabled,
      current,
      target,
      run: async (text, options) => {
        if (isGated) {
          latestShow.current(target);
          return "unread";
        }
        return runIn(text, options, {
          handleOf: (name) => handles.current.get(name ?? target ?? ""),
          open: async (name) => {
            if ((await latestOpen.current(name)) === undefined) return;
            setCurrent(name);
            latestShow.current(name);
          },
          shown: (name) => {
            const ran = name ?? target;
            setCurrent(ran);
            latestShow.current(ran);
            if (options?.takeFocus) requestAnimationFrame(() => handles.current.get(ran ?? "")?.focus());
          },
        });
      },
      focus: inFront((terminal) => terminal.focus()),
      showText: inFront((terminal) => terminal.showText()),
      search: inFront((terminal) => terminal.search()),
      register: (name, terminal) => {
        if (terminal === null) handles.current.delete(name);
        else handles.current.set(name, terminal);
      },
      choose: (name) => {
        setCurrent(name);
        if (isNumbered(name)) setLastNumbered(name);
      },
    };
  }, [enabled, isGated, current, target]);
};
