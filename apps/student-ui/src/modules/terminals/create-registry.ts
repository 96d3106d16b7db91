import type { TerminalHandle } from "@atelier/ui/terminal";
import { useMemo, useRef, useState } from "react";
import type { TerminalRegistry } from "./terminal-registry.ts";

/** The registry of the page's terminals. `show` brings the terminal pane to the front where it is hidden. */
export const useTerminalRegistry = (enabled: boolean, show: () => void): TerminalRegistry => {
  const handles = useRef(new Map<string, TerminalHandle>());
  const [current, setCurrent] = useState<string>();
  const latestShow = useRef(show);
  latestShow.current = show;
  return useMemo(() => {
    const inFront = (): TerminalHandle | undefined =>
      current === undefined ? undefined : handles.current.get(current);
    const focus = (): void => {
      latestShow.current();
      requestAnimationFrame(() => inFront()?.focus());
    };
    return {
      enabled,
      current,
      run: (text, takeFocus) => {
        const outcome = inFront()?.run(text) ?? "not-connected";
        if (outcome === "typed") latestShow.current();
        if (outcome === "typed" && takeFocus) focus();
        return outcome;
      },
      focus,
      register: (name, handle) => {
        if (handle === null) handles.current.delete(name);
        else handles.current.set(name, handle);
      },
      choose: setCurrent,
    };
  }, [enabled, current]);
};
