import "./workspace-page.css";
import { isLeaveChord } from "@atelier/ui/terminal";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { Header } from "../modules/header/header.tsx";
import { Notices } from "../modules/header/notices.tsx";
import { RequestProgress } from "../modules/requests/request-progress.tsx";
import { StepList } from "../modules/steps/step-list.tsx";
import { useTerminalRegistry } from "../modules/terminals/create-registry.ts";
import { TerminalContext } from "../modules/terminals/terminal-registry.ts";
import { TerminalArea } from "../modules/terminals/terminal-area.tsx";
import { setPreferences, usePreferences } from "../preferences/preferences.ts";
import { useSession, useStudent } from "../state/use-student.ts";
import { strings } from "../strings/en.ts";
import { TextPane } from "./text-pane.tsx";
import { useDrawer } from "./use-drawer.ts";

type Pane = "text" | "terminal";

const PaneSwitch = ({
  pane,
  onChoose,
}: {
  readonly pane: Pane;
  readonly onChoose: (pane: Pane) => void;
}): ReactNode => (
  <div className="pane-switch" role="group" aria-label={strings.tabs.label}>
    {(["text", "terminal"] as const).map((name) => (
      <button key={name} type="button" aria-pressed={pane === name} onClick={() => onChoose(name)}>
        {strings.tabs[name]}
      </button>
    ))}
  </div>
);

/** The page students work on: steps, text and terminals. On a narrow screen one pane at a time. */
export const WorkspacePage = (): ReactNode => {
  const { workspace } = useStudent();
  const session = useSession();
  const { layout } = usePreferences();
  const [pane, setPane] = useState<Pane>("text");
  const textPane = useRef<HTMLElement>(null);
  const drawer = useDrawer();
  const showTerminal = (): void => {
    setPane("terminal");
    if (layout === "text") setPreferences({ layout: "both" });
  };
  const leaveTerminal = (): void => {
    setPane("text");
    if (layout === "terminal") setPreferences({ layout: "both" });
    requestAnimationFrame(() => textPane.current?.focus());
  };
  const registry = useTerminalRegistry({
    enabled: workspace?.webTerminal ?? false,
    show: showTerminal,
    open: (name) => session.openTerminal(name),
  });
  const saved = useDefaultLayout({ id: "atelier.panes", panelIds: ["text", "terminal"], storage: safeStorage });
  const webTerminal = workspace?.webTerminal ?? false;
  const shown = webTerminal ? layout : "text";

  const { focus } = registry;
  useEffect(() => {
    if (!webTerminal) return;
    // Inside the terminal the same chord has been taken already, to leave it.
    const enter = (event: KeyboardEvent): void => {
      if (!isLeaveChord(event) || event.defaultPrevented) return;
      event.preventDefault();
      focus();
    };
    document.addEventListener("keydown", enter);
    return () => document.removeEventListener("keydown", enter);
  }, [webTerminal, focus]);

  return (
    <TerminalContext value={registry}>
      <div
        className="workspace"
        data-layout={shown}
        data-pane={pane}
        data-steps={drawer.open ? "open" : "closed"}
        lang={strings.language}
      >
        <a
          className="skip"
          href="#page"
          onClick={(event) => {
            event.preventDefault();
            leaveTerminal();
          }}
        >
          {strings.skipToContent}
        </a>
        {webTerminal && (
          <a
            className="skip"
            href="#terminal"
            onClick={(event) => {
              event.preventDefault();
              registry.focus();
            }}
          >
            {strings.skipToTerminal}
          </a>
        )}
        <Header drawer={drawer} />
        <Notices />
        {webTerminal && <PaneSwitch pane={pane} onChoose={setPane} />}
        <div className="workspace__body">
          <StepList drawer={drawer} />
          <Group
            className="workspace__panes"
            orientation="horizontal"
            defaultLayout={saved.defaultLayout}
            onLayoutChanged={saved.onLayoutChanged}
          >
            <Panel id="text" className="workspace__text" defaultSize="46%" minSize="280px">
              <TextPane paneRef={textPane} />
            </Panel>
            <Separator className="workspace__separator" aria-label={strings.resize} />
            <Panel id="terminal" className="workspace__terminal" minSize="280px">
              {webTerminal && <TerminalArea onLeave={leaveTerminal} />}
            </Panel>
          </Group>
        </div>
        <RequestProgress />
      </div>
    </TerminalContext>
  );
};

/** Storage may be turned off; then the sizes last as long as the page. */
const safeStorage = {
  getItem: (key: string): string | null => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  setItem: (key: string, value: string): void => {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Nothing to do about it.
    }
  },
};
