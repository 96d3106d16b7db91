import { type CommandRecord, stuckReasons } from "@atelier/contract";
import {
  Attention,
  CheckHistory,
  CommandTable,
  HelpList,
  IncidentList,
  LiveTerminals,
  type SessionSource,
  type SessionState,
  StepProgress,
} from "@atelier/ui/observation";
import { PlaybackPanel, type PlaybackTarget } from "@atelier/ui/playback";
import { type ReactNode, useEffect, useState } from "react";
import { AccessPage } from "./modules/access-page.tsx";
import { SessionHeader } from "./modules/session-header.tsx";
import { TabbedPanel } from "./modules/tab-panel.tsx";
import { useNow, useSession } from "./source/use-session.ts";
import { strings } from "./strings/en.ts";

const reasonsOf = (state: SessionState, now: number): ReturnType<typeof stuckReasons> =>
  stuckReasons({
    observation: state.observation,
    plannedSeconds: state.workspace?.steps.find(({ id }) => id === state.observation.currentStep)?.durationSeconds,
    lastActiveAt: state.lastActiveAt,
    isPresent: state.presence.students > 0,
    now,
  });

/** One session: what needs attention, how far it is, what happens, and what happened. */
export const SessionPage = ({ source }: { readonly source: SessionSource }): ReactNode => {
  const { state, store } = useSession(source);
  const now = useNow(5000) + state.clockOffset;
  const [screen, setScreen] = useState("live");
  const [target, setTarget] = useState<PlaybackTarget>();
  const { workspace, observation } = state;
  const title = workspace?.workshop.title;
  useEffect(() => {
    if (title !== undefined) document.title = strings.page.title(title);
  }, [title]);

  if (state.connection.phase === "refused") return <AccessPage onRetry={store.reconnect} />;
  const steps = workspace?.steps ?? [];
  const isRecorded = workspace?.recording.terminal !== "off";
  const play = (command: CommandRecord): void => {
    setTarget({ terminal: command.terminal, at: command.startedAt });
    setScreen("recordings");
  };
  return (
    <div className="page">
      <a className="skip" href="#activity">
        {strings.page.skip}
      </a>
      <SessionHeader state={state} store={store} exportUrl={source.exportUrl} />
      <main className="grid">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by itself where there is little room, so keys have to reach it. */}
        <section className="grid__overview" aria-label={strings.page.overview} tabIndex={0}>
          {state.isCaughtUp ? (
            <Attention reasons={reasonsOf(state, now)} />
          ) : (
            <p className="panel panel__empty" role="status">
              {workspace !== undefined && workspace.boot.phase !== "ready"
                ? strings.page.booting(workspace.boot.phase)
                : strings.page.loading}
            </p>
          )}
          <StepProgress steps={steps} observation={observation} now={now} />
        </section>
        <div className="grid__screen">
          <TabbedPanel
            label={strings.page.screen}
            selected={screen}
            onSelect={setScreen}
            tabs={[
              {
                id: "live",
                title: strings.tabs.live,
                content: (
                  <LiveTerminals
                    terminals={state.terminals}
                    source={source}
                    isOffered={workspace?.webTerminal !== false}
                  />
                ),
              },
              {
                id: "recordings",
                title: strings.tabs.recordings,
                content: (
                  <PlaybackPanel source={source} records={observation} isRecorded={isRecorded} target={target} />
                ),
              },
            ]}
          />
        </div>
        <div className="grid__activity" id="activity" tabIndex={-1}>
          <TabbedPanel
            label={strings.page.activity}
            tabs={[
              {
                id: "commands",
                title: strings.tabs.commands,
                count: observation.commands.length,
                content: (
                  <CommandTable
                    commands={observation.commands}
                    isRecorded={workspace?.recording.commands !== "off"}
                    onPlay={isRecorded ? play : undefined}
                  />
                ),
              },
              {
                id: "checks",
                title: strings.tabs.checks,
                count: observation.checks.length,
                content: <CheckHistory checks={observation.checks} steps={steps} />,
              },
              {
                id: "help",
                title: strings.tabs.help,
                count: observation.help.length,
                content: <HelpList help={observation.help} />,
              },
              {
                id: "notes",
                title: strings.tabs.notes,
                count: observation.incidents.length,
                content: <IncidentList observation={observation} />,
              },
            ]}
          />
        </div>
      </main>
    </div>
  );
};
