import { studentApi } from "@atelier/contract";
import { browserClock } from "@atelier/ui/connection";
import { createWebSocketSource, type TerminalSource } from "@atelier/ui/terminal";
import { useRef } from "react";
import { fillPath } from "../../api/student-client.ts";

const addressOf = (name: string): string =>
  new URL(fillPath(studentApi.terminal, { name }), location.href.replace(/^http/, "ws")).href;

/** One source per terminal name for as long as the page lives. */
export const useSources = (readOnly: boolean): ((name: string) => TerminalSource) => {
  const sources = useRef(new Map<string, TerminalSource>());
  return (name) => {
    const known = sources.current.get(name);
    if (known !== undefined) return known;
    const made = createWebSocketSource({ url: addressOf(name), clock: browserClock, readOnly });
    sources.current.set(name, made);
    return made;
  };
};
