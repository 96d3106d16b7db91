import "./workspace-page.css";
import { isLeaveChord } from "@atelier/ui/terminal";
import { SplitPanes } from "@atelier/ui";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { UploadsProvider } from "../modules/files/uploads.tsx";
import { Header } from "../modules/header/header.tsx";
import { Notices } from "../modules/header/notices.tsx";
import { useNoticeGate } from "../modules/notice/notice-gate.tsx";
import { PortOffers } from "../modules/previews/port-offers.tsx";
import { createOffers, OffersContext } from "../modules/palette/offers.ts";
import { PaletteHost } from "../modules/palette/palette-host.tsx";
import { RequestProgress } from "../modules/requests/request-progress.tsx";
import { ArrivalBar } from "../modules/saved/arrival-bar.tsx";
import { StepList } from "../modules/steps/step-list.tsx";
import { useLeaveGuard } from "../modules/terminals/use-leave-guard.ts";
import { useTerminalRegistry } from "../modules/terminals/create-registry.ts";
import { TerminalContext } from "../modules/terminals/terminal-registry.ts";
import { useCreatedTools } from "../modules/tools/create-tools.ts";
import { ToolArea } from "../modules/tools/tool-area.tsx";
import { terminalTool } from "../modules/tools/tool-id.ts";
import { ToolsContext } from "../modules/tools/tools-context.ts";
import { setPreferences, usePreferences } from "../preferences/preferences.ts";
import { useSession, useStudent } from "../state/use-student.ts";
import { strings } from "../strings/en.ts";
import { TextPane } from "./text-pane.tsx";
import { useDrawer } from "./use-drawer.ts";
import { useNarrow } from "./use-narrow.ts";

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
  const { workspace, terminals = [] } = useStudent();
  const session = useSession();
  const { layout, textShare } = usePreferences();
  const [pane, setPane] = useState<Pane>("text");
  const textPane = useRef<HTMLElement>(null);
  const drawer = useDrawer();
  useLeaveGuard();
  const tools = useCreatedTools(workspace, () => {
    setPane("terminal");
    if (layout === "text") setPreferences({ layout: "both" });
  });
  const [offers] = useState(createOffers);
  const showText = (): void => {
    setPane("text");
    if (layout === "terminal") setPreferences({ layout: "both" });
  };
  const leaveTerminal = (): void => {
    // At once: the next key is not the shell's any more, even before the text is there to take it.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    showText();
    requestAnimationFrame(() => textPane.current?.focus());
  };
  const gate = useNoticeGate(workspace);
  const registry = useTerminalRegistry({
    enabled: workspace?.webTerminal ?? false,
    isGated: gate.isOpen,
    names: terminals.map(({ name }) => name),
    show: (name) => {
      if (name !== undefined) tools.show(terminalTool(name));
    },
    open: (name) => session.openTerminal(name),
  });
  const webTerminal = workspace?.webTerminal ?? false;
  // On a narrow screen the switch decides; there "text only" means the same as "both".
  const isNarrow = useNarrow();
  const shown = isNarrow
    ? pane === "text"
      ? "start"
      : "end"
    : layout === "text"
      ? "start"
      : layout === "terminal"
        ? "end"
        : "both";

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
    <OffersContext value={offers}>
      <ToolsContext value={tools}>
        <UploadsProvider>
          <TerminalContext value={registry}>
            <div className="workspace" data-steps={drawer.open ? "open" : "closed"} lang={strings.language}>
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
              <PortOffers />
              <ArrivalBar />
              <PaneSwitch pane={pane} onChoose={setPane} />
              <div className="workspace__body">
                <StepList drawer={drawer} />
                <div className="workspace__panes">
                  <SplitPanes
                    start={<TextPane paneRef={textPane} />}
                    end={<ToolArea gate={gate} onLeave={leaveTerminal} />}
                    share={textShare}
                    onShare={(share) => setPreferences({ textShare: share })}
                    label={strings.resize}
                    shown={shown}
                  />
                </div>
              </div>
              <RequestProgress />
              <PaletteHost readText={leaveTerminal} showText={showText} />
            </div>
          </TerminalContext>
        </UploadsProvider>
      </ToolsContext>
    </OffersContext>
  );
};
