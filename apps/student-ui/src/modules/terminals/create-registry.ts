import type { TerminalHandle } from "@atelier/ui/terminal";
import { useMemo, useRef, useState } from "react";
import { runIn } from "./run-in.ts";
import type { TerminalRegistry } from "./terminal-registry.ts";

export interface TerminalRegistryOptions {
  readonly enabled: boolean;
  /** Brings a terminal to the front where it is hidden. */
  readonly show: (name: string | undefined) => void;
  /** Opens a terminal of that name; undefined when it could not be. */
  readonly open: (name: string) => Promise<string | undefined>;
}

/** The registry of the page's terminals. */
export const useTerminalRegistry = ({ enabled, show, open }: TerminalRegistryOptions): TerminalRegistry => {
  const handles = useRef(new Map<string, TerminalHandle>());
  const [current, setCurrent] = useState<string>();
  const latestShow = useRef(show);
  latestShow.current = show;
  const latestOpen = useRef(open);
  latestOpen.current = open;
  return useMemo(() => {
    const inFront = (): TerminalHandle | undefined =>
      current === undefined ? undefined : handles.current.get(current);
    const focus = (): void => {
      latestShow.current(current);
      requestAnimationFrame(() => inFront()?.focus());
    };
    return {
      enabled,
      current,
      run: (text, options) =>
        runIn(text, options, {
          handleOf: (name) => (name === undefined ? inFront() : handles.current.get(name)),
          open: async (name) => {
            if ((await latestOpen.current(name)) === undefined) return;
            setCurrent(name);
            latestShow.current(name);
          },
          shown: (name) => {
            if (name !== undefined) setCurrent(name);
            latestShow.current(name ?? current);
            if (options?.takeFocus) requestAnimationFrame(() => handles.current.get(name ?? current ?? "")?.focus());
          },
        }),
      focus,
      register: (name, handle) => {
        if (handle === null) handles.current.delete(name);
        else handles.current.set(name, handle);
      },
      choose: setCurrent,
    };
  }, [enabled, current]);
};
