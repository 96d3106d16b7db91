import { browserClock, browserVisibility } from "@atelier/ui/connection";
import { createWebSocketSource, type TerminalSource } from "@atelier/ui/terminal";
import { createContext, useContext, useRef } from "react";
import { type Opening, terminalAddress } from "../../opening/start-opening.ts";

/** What was begun before the page was there. */
export const OpeningContext = createContext<Pick<Opening, "takeSocket">>({ takeSocket: () => undefined });

/** One source per terminal name for as long as the page lives. */
export const useSources = (readOnly: boolean): ((name: string) => TerminalSource) => {
  const { takeSocket } = useContext(OpeningContext);
  const sources = useRef(new Map<string, TerminalSource>());
  return (name) => {
    const known = sources.current.get(name);
    if (known !== undefined) return known;
    const url = terminalAddress(name, location.href);
    const made = createWebSocketSource({
      url,
      clock: browserClock,
      visibility: browserVisibility,
      readOnly,
      openedAhead: () => takeSocket(url),
    });
    sources.current.set(name, made);
    return made;
  };
};
