import "@xterm/xterm/css/xterm.css";
import "./terminal-pane.css";
import { interruptKey, typedText } from "@atelier/domain";
import { type Ref, type ReactNode, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import type { ClipboardAsk } from "./clipboard.ts";
import { openScreen, type Screen, type ScreenOptions } from "./screen.ts";
import type { TerminalLink, TerminalSource, TerminalStatus } from "./terminal-source.ts";

export type RunOutcome = "typed" | "not-connected" | "program-in-front";

/** What others may ask of a pane. */
export interface TerminalHandle {
  focus(): void;
  /** Types `text` and Enter, unless a full-screen program is in front or no shell listens. */
  run(text: string): RunOutcome;
  /** Presses Ctrl-C, whatever is in front. */
  interrupt(): void;
  /** Types as if the student had: for a key bar on touch screens. */
  type(text: string): void;
  /** Selects the next or previous match; false when there is none. */
  find(text: string, direction: "next" | "previous"): Promise<boolean>;
  endSearch(): void;
  /** Copies what is selected. */
  copy(): void;
  /** Pastes the clipboard, asking where that needs asking. */
  pasteClipboard(): void;
  /** Pastes a text without asking. */
  paste(text: string): void;
  /** The next character is typed with Control. */
  holdControl(isHeld: boolean): void;
  /** All there is on the screen and above it, as plain text. */
  text(): string;
  restart(): void;
  reconnect(): void;
}

export interface TerminalPaneProps {
  readonly source: TerminalSource;
  /** Accessible name of the region and of xterm's text field. */
  readonly label: string;
  readonly options: ScreenOptions;
  readonly handle?: Ref<TerminalHandle>;
  readonly onStatus?: (status: TerminalStatus) => void;
  readonly onNotice?: (message: string) => void;
  readonly onHoverLink?: (address: string | undefined) => void;
  /** A link in the output was clicked; true when it is taken care of. */
  readonly onOpenLink?: (address: string) => boolean;
  /** Something about the clipboard that a person must decide or do. */
  readonly onClipboard?: (ask: ClipboardAsk) => void;
  readonly onControlUsed?: () => void;
  /** The student pressed the chord that leaves the terminal. */
  readonly onLeave: () => void;
  /** Shown over the screen: a lost connection, an ended shell. */
  readonly overlay?: ReactNode;
}

interface Live {
  readonly screen: Screen;
  readonly link: TerminalLink;
  status: TerminalStatus | undefined;
}

/** A terminal screen on a data source. It knows no address and no workshop. */
export const TerminalPane = (props: TerminalPaneProps): ReactNode => {
  const { source, label, options, handle, overlay } = props;
  const element = useRef<HTMLDivElement>(null);
  const live = useRef<Live | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [firstOptions] = useState(options);

  // Before the first paint: the screen is part of it, and what the shell has said is asked for without waiting for it.
  useLayoutEffect(() => {
    if (element.current === null) return;
    let link: TerminalLink | undefined;
    const screen = openScreen(element.current, firstOptions, {
      input: (bytes) => link?.write(bytes),
      fitted: (size) => link?.resize(size),
      leave: () => latest.current.onLeave(),
      hoverLink: (address) => latest.current.onHoverLink?.(address),
      openLink: (address) => latest.current.onOpenLink?.(address) ?? false,
      ask: (ask) => latest.current.onClipboard?.(ask),
      controlUsed: () => latest.current.onControlUsed?.(),
    });
    const { terminal } = screen;
    const state: { status: TerminalStatus | undefined } = { status: undefined };
    link = source.connect(screen.fit(), (event) => {
      switch (event.type) {
        case "output":
          terminal.write(event.bytes, event.consumed);
          return;
        case "snapshot":
          // What came before it, and is still to be parsed, has its sizes too: this one is the last of them.
          terminal.write("", () => {
            terminal.reset();
            terminal.resize(event.size.cols, event.size.rows);
          });
          terminal.write(event.bytes, () => link?.resize(screen.fit()));
          return;
        case "size":
          // What came before it, and is still to be parsed, was printed for another.
          terminal.write("", () => {
            terminal.resize(event.size.cols, event.size.rows);
            if (source.readOnly) screen.fit();
          });
          return;
        case "status":
          state.status = event.status;
          latest.current.onStatus?.(event.status);
          return;
        case "notice":
          latest.current.onNotice?.(event.message);
      }
    });
    const opened = link;
    live.current = {
      screen,
      link: opened,
      get status() {
        return state.status;
      },
    };
    return () => {
      live.current = undefined;
      opened.close();
      screen.dispose();
    };
  }, [source, firstOptions]);

  const { fontSize, screenReaderMode, highContrast, readOnly } = options;
  useEffect(() => {
    live.current?.screen.apply({ fontSize, screenReaderMode, highContrast, readOnly });
  }, [fontSize, screenReaderMode, highContrast, readOnly]);

  useEffect(() => {
    live.current?.screen.terminal.textarea?.setAttribute("aria-label", label);
  }, [label]);

  useImperativeHandle(
    handle,
    (): TerminalHandle => ({
      focus: () => live.current?.screen.terminal.focus(),
      run: (text) => {
        const { screen, link, status } = live.current ?? {};
        if (
          screen === undefined ||
          link === undefined ||
          status?.connection.phase !== "live" ||
          status.shell !== "ready"
        )
          return "not-connected";
        if (screen.terminal.buffer.active.type === "alternate") return "program-in-front";
        screen.terminal.scrollToBottom();
        link.write(new TextEncoder().encode(typedText(text, screen.terminal.modes.bracketedPasteMode)));
        return "typed";
      },
      interrupt: () => live.current?.link.write(new TextEncoder().encode(interruptKey)),
      type: (text) => live.current?.screen.type(text),
      find: async (text, direction) => {
        const search = await live.current?.screen.search();
        if (search === undefined || text === "") return false;
        return direction === "next" ? search.findNext(text) : search.findPrevious(text);
      },
      copy: () => live.current?.screen.clipboard.copy(),
      pasteClipboard: () => live.current?.screen.clipboard.read(),
      paste: (text) => live.current?.screen.clipboard.paste(text),
      holdControl: (isHeld) => live.current?.screen.holdControl(isHeld),
      text: () => live.current?.screen.text() ?? "",
      endSearch: () => live.current?.screen.terminal.clearSelection(),
      restart: () => live.current?.link.restart(),
      reconnect: () => live.current?.link.reconnect(),
    }),
    [],
  );

  return (
    <section className="terminal-pane" aria-label={label}>
      <div className="terminal-pane__screen" ref={element} />
      {overlay}
    </section>
  );
};
