import "./terminal-area.css";
import { studentApi } from "@atelier/contract";
import { Button, Icon } from "@atelier/ui";
import { browserClock } from "@atelier/ui/connection";
import { createWebSocketSource, type TerminalSource } from "@atelier/ui/terminal";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components/Tabs";
import { fillPath } from "../../api/student-client.ts";
import { useSession, useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { BootProgress } from "../boot/boot-progress.tsx";
import { Confirm } from "../overlays/overlays.tsx";
import { useTerminals } from "./terminal-registry.ts";
import { TerminalView } from "./terminal-view.tsx";

const words = strings.terminal;

const addressOf = (name: string): string =>
  new URL(fillPath(studentApi.terminal, { name }), location.href.replace(/^http/, "ws")).href;

/** One source per terminal name for as long as the page lives. */
const useSources = (readOnly: boolean): ((name: string) => TerminalSource) => {
  const sources = useRef(new Map<string, TerminalSource>());
  return (name) => {
    const known = sources.current.get(name);
    if (known !== undefined) return known;
    const made = createWebSocketSource({ url: addressOf(name), clock: browserClock, readOnly });
    sources.current.set(name, made);
    return made;
  };
};

/** Tabs of terminals; before the workspace is ready, how far it has come. */
export const TerminalArea = ({ onLeave }: { readonly onLeave: () => void }): ReactNode => {
  const session = useSession();
  const registry = useTerminals();
  const { workspace, terminals, boot } = useStudent();
  const [closing, setClosing] = useState<string>();
  const sourceOf = useSources(workspace?.role === "instructor");
  const names = terminals?.map(({ name }) => name) ?? [];
  const current = registry.current !== undefined && names.includes(registry.current) ? registry.current : names[0];
  const { choose } = registry;
  useEffect(() => {
    if (current !== undefined) choose(current);
  }, [current, choose]);

  const open = async (): Promise<void> => {
    const name = await session.openTerminal();
    if (name !== undefined) choose(name);
  };

  if (boot !== undefined && boot.view.phase !== "ready" && names.length === 0)
    return (
      <div className="terminal-area terminal-area--boot">
        <div className="terminal-area__boot">
          <BootProgress boot={boot.view} at={boot.at} level={2} textIsThere />
        </div>
      </div>
    );

  return (
    <div className="terminal-area">
      {current === undefined ? (
        <div className="terminal-area__empty">
          {terminals === undefined ? (
            <p role="status">{words.connecting}</p>
          ) : (
            <>
              <p>{words.empty}</p>
              <Button icon="plus" onPress={open}>
                {words.open}
              </Button>
            </>
          )}
        </div>
      ) : (
        <Tabs className="terminal-area__tabs" selectedKey={current} onSelectionChange={(key) => choose(String(key))}>
          <div className="terminal-area__bar">
            <TabList className="terminal-area__list" aria-label={words.tabs}>
              {names.map((name) => (
                <Tab key={name} id={name} className="terminal-area__tab">
                  <Icon name="terminal" size={14} />
                  {words.label(name)}
                </Tab>
              ))}
            </TabList>
            {workspace?.role === "student" && (
              <>
                <Button look="quiet" size="small" icon="plus" aria-label={words.open} onPress={open} />
                {names.length > 1 && (
                  <Button
                    look="quiet"
                    size="small"
                    icon="cross"
                    aria-label={words.close}
                    onPress={() => setClosing(current)}
                  />
                )}
              </>
            )}
          </div>
          {names.map((name) => (
            <TabPanel key={name} id={name} shouldForceMount className="terminal-area__panel">
              <TerminalView name={name} source={sourceOf(name)} active={name === current} onLeave={onLeave} />
            </TabPanel>
          ))}
        </Tabs>
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
