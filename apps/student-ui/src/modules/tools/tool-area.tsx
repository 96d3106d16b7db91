import "./tool-area.css";
import { Button, TabPanel, TabStrip } from "@atelier/ui";
import { missingLog } from "@atelier/ui/terminal";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { usePreferences } from "../../preferences/preferences.ts";
import { useSession, useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { BootProgress } from "../boot/boot-progress.tsx";
import { DropZone } from "../files/drop-zone.tsx";
import { NoticeGate, type NoticeGateState } from "../notice/notice-gate.tsx";
import { Confirm } from "../overlays/overlays.tsx";
import { useOffers } from "../palette/offers.ts";
import { useTerminals } from "../terminals/terminal-registry.ts";
import { TerminalView } from "../terminals/terminal-view.tsx";
import { useSources } from "../terminals/use-sources.ts";
import { HelpTool } from "./help-tool.tsx";
import { PreviewTool } from "./preview-tool.tsx";
import { allPreviews, previewTool, previewUrl, terminalOf, terminalTool, toolTabs } from "./tool-id.ts";
import { useTools } from "./tools-context.ts";

// CodeMirror is larger than the rest of the page: it comes when a file is wanted.
const EditorTool = lazy(() => import("../editor/editor-tool.tsx"));
// The player as well.
const RecordingTool = lazy(() => import("../recordings/recording-tool.tsx"));
const WorkTool = lazy(() => import("../work/work-tool.tsx"));

const words = strings.terminal;
const name = "tool";

export interface ToolAreaProps {
  readonly gate: NoticeGateState;
  readonly onLeave: () => void;
}

/** The tools beside the text, as tabs; before the workspace is ready, how far it has come. */
export const ToolArea = ({ gate, onLeave }: ToolAreaProps): ReactNode => {
  const session = useSession();
  const registry = useTerminals();
  const tools = useTools();
  const preferred = usePreferences().tool;
  const { workspace, terminals: known, boot } = useStudent();
  const terminals = known ?? [];
  const [closing, setClosing] = useState<string>();
  const sourceOf = useSources(workspace?.role === "instructor");
  const seen = useRef(new Set<string>());
  const isBooting = boot !== undefined && boot.view.phase !== "ready" && terminals.length === 0;
  const tabs = workspace === undefined ? [] : toolTabs({ workspace, terminals, previews: tools.previews });
  // Where there should be a terminal but is none (yet), nothing else comes to the front by itself.
  const fallback =
    workspace?.webTerminal === true && terminals.length === 0
      ? undefined
      : ((preferred === "editor" ? tabs.find(({ id }) => id === "editor") : undefined) ?? tabs[0]);
  const current = (tabs.find(({ id }) => id === tools.current) ?? fallback)?.id;
  if (current !== undefined) seen.current.add(current);

  // The terminal in front stays the one to come back to while another tool is looked at.
  const front = terminalOf(current) ?? registry.current;
  const names = terminals.map((terminal) => terminal.name);
  const terminal = front !== undefined && names.includes(front) ? front : names[0];
  const { choose } = registry;
  useEffect(() => {
    if (terminal !== undefined) choose(terminal);
  }, [terminal, choose]);

  const inFront = terminalOf(current);
  const mayOpen = workspace?.webTerminal === true && workspace.role === "student" && !isBooting;
  const close = (): void => setClosing(inFront);
  const mayClose = mayOpen && inFront !== undefined && names.length > 1;
  useOffers(
    mayClose ? [{ id: "close-terminal", title: words.close, group: strings.palette.groups.tools, run: close }] : [],
  );
  if (workspace === undefined) return null;
  const open = async (): Promise<void> => {
    const opened = await session.openTerminal();
    if (opened !== undefined) tools.show(terminalTool(opened));
  };

  return (
    <div className="tool-area">
      <div className="tool-area__bar">
        <TabStrip
          items={tabs}
          selected={current}
          label={strings.tools.label}
          name={name}
          onSelect={(id) => tools.show(id as NonNullable<typeof current>)}
          onDelete={(id) => {
            const named = terminalOf(id);
            if (named !== undefined && names.length > 1) setClosing(named);
          }}
        />
        {mayOpen && !gate.isOpen && (
          <Button look="quiet" size="small" icon="plus" aria-label={words.open} onPress={open} />
        )}
        {mayClose && <Button look="quiet" size="small" icon="cross" aria-label={words.close} onPress={close} />}
      </div>
      {isBooting && (terminalOf(current) !== undefined || names.length === 0) && (
        <div className="tool-area__boot">
          <BootProgress boot={boot.view} at={boot.at} level={2} textIsThere />
        </div>
      )}
      {!isBooting && workspace.webTerminal && known === undefined && (
        <p className="tool-area__empty" role="status">
          {words.connecting}
        </p>
      )}
      {!isBooting && workspace.webTerminal && known?.length === 0 && current === undefined && (
        <div className="tool-area__empty">
          <p role="status">{words.empty}</p>
          <Button icon="plus" onPress={open}>
            {words.open}
          </Button>
        </div>
      )}
      {workspace.webTerminal &&
        names.map((each) => (
          <TabPanel
            key={each}
            name={name}
            id={terminalTool(each)}
            selected={current === terminalTool(each)}
            className="tool-area__panel tool-area__panel--terminal"
            inert={gate.isOpen}
          >
            <DropZone>
              <TerminalView
                name={each}
                source={sourceOf(each)}
                active={each === terminal}
                onLeave={onLeave}
                missing={missingLog(
                  terminals.find((one) => one.name === each),
                  strings.terminal.commandLog,
                )}
              />
            </DropZone>
          </TabPanel>
        ))}
      {allPreviews({ workspace, previews: tools.previews }).map((preview) => {
        const id = previewTool(preview);
        const address = previewUrl(workspace.previewAddress, preview);
        const isOwn = tools.previews.includes(preview);
        return (
          <TabPanel key={id} name={name} id={id} selected={current === id} className="tool-area__panel">
            {address !== undefined && (
              <PreviewTool
                preview={preview}
                address={address}
                wanted={seen.current.has(id)}
                onClose={isOwn ? () => tools.closePreview(preview.port) : undefined}
              />
            )}
          </TabPanel>
        );
      })}
      <TabPanel name={name} id="help" selected={current === "help" && !isBooting} className="tool-area__panel">
        {seen.current.has("help") && <HelpTool />}
      </TabPanel>
      {workspace.workshop.editor && (
        <TabPanel name={name} id="editor" selected={current === "editor"} className="tool-area__panel">
          {seen.current.has("editor") && (
            <Suspense>
              <EditorTool isShown={current === "editor"} readOnly={workspace.role !== "student"} />
            </Suspense>
          )}
        </TabPanel>
      )}
      <TabPanel name={name} id="recording" selected={current === "recording"} className="tool-area__panel">
        {current === "recording" && (
          <Suspense>
            <RecordingTool />
          </Suspense>
        )}
      </TabPanel>
      <TabPanel name={name} id="work" selected={current === "work"} className="tool-area__panel">
        {current === "work" && (
          <Suspense>
            <WorkTool hasEditor={workspace.workshop.editor} />
          </Suspense>
        )}
      </TabPanel>
      {gate.isOpen && !isBooting && inFront !== undefined && (
        <NoticeGate workspace={workspace} onAccept={gate.accept} />
      )}
      <Confirm
        isOpen={closing !== undefined}
        title={words.confirmClose(closing ?? "")}
        text={words.confirmCloseText}
        button={words.close}
        danger
        onAnswer={(yes) => {
          if (yes && closing !== undefined) session.closeTerminal(closing);
          setClosing(undefined);
        }}
      />
    </div>
  );
};
