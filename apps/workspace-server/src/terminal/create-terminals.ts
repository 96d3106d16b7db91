import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type CommandRecord,
  commandRecordSchema,
  runtimeFileNames,
  type TerminalView,
  wholeCharacters,
} from "@atelier/contract";
import { AppError } from "@atelier/domain";
import { openJsonlAppender } from "@atelier/node-kit";
import { CommandTracker } from "../command-log/command-tracker.ts";
import { tellStorage } from "../events/tell-stream.ts";
import { createForeignTerminalWatch } from "../integrity/watch-foreign-terminals.ts";
import { endProcessesOf } from "../limits/student-processes.ts";
import { openRecorder } from "../recording/recorder.ts";
import { createRedactor } from "../recording/redact.ts";
import { AfterFlood, collectGarbage } from "./after-flood.ts";
import type { CreateTerminalsOptions } from "./create-terminals-options.ts";
import { type LastScreen, readLastScreen } from "./last-screen.ts";
import { foregroundOf } from "./process-state.ts";
import {
  createTerminalsNote,
  nearestDirectory,
  readTerminals,
  type RememberedTerminal,
} from "./remembered-terminals.ts";
import { restartLine, whenRestarted } from "./restart-line.ts";
import { planShellLaunch } from "./shell-launch.ts";
import { untilSessionsEnd } from "./shell-session.ts";
import { type SessionParts, TerminalSession } from "./terminal-session.ts";
import type { Terminals } from "./terminals.ts";

/** More would help nobody and cost memory. */
const mostTerminals = 8;
const rememberedCommands = 200;
/** Characters of a command that its marker in a recording says. */
const longestMarker = 200;
const lookMs = 1000;
/** What programs have to go by themselves when their terminal does, and a little more to be killed. */
const lastWordsMs = 400;
const clock = (): number => performance.now();
const stepMarker = (step: string): string => `step: ${step}`;

/** What stands above a shell that takes the place of one in an earlier container. */
interface LastSeen {
  readonly screen: LastScreen | undefined;
  /** Between the two. */
  readonly line: string;
}

/** Opens the command log and the first terminal. */
export const createTerminals = async (options: CreateTerminalsOptions): Promise<Terminals> => {
  const { runtimeFolder, identity, events, recording, now, newId } = options;
  const shell =
    options.shell ?? ["/bin/bash", "/usr/bin/bash", "/bin/zsh"].find((path) => existsSync(path)) ?? "/bin/sh";
  const cwd = [options.workdir, identity.home].find((path) => existsSync(path)) ?? "/";
  const redact = createRedactor(options.secrets);
  const listeners = new Set<() => void>();
  const sessions = new Map<string, TerminalSession>();
  const recent: CommandRecord[] = [];
  const commandLog =
    recording.commands === "on"
      ? openJsonlAppender({
          path: join(runtimeFolder, runtimeFileNames.commandLog),
          now,
          onState: tellStorage(runtimeFileNames.commandLog, events.append),
        })
      : undefined;
  const noteTerminals = createTerminalsNote(runtimeFolder);
  const afterFlood = new AfterFlood(collectGarbage);
  /** The one that was opened first of those that are open. */
  const first = (): string | undefined => sessions.keys().next().value;
  /** Not yet while the terminals of the last container come back, and no longer when this one goes. */
  let isOpen = false;
  // Where a secret is in the way to a directory, the next shell starts above it.
  const note = (): void =>
    noteTerminals(
      [...sessions.values()].map(({ name, path, cwd: at }) => ({
        name,
        path,
        cwd: at === undefined ? at : redact(at),
      })),
    );
  const changed = (): void => {
    if (isOpen) note();
    for (const listener of listeners) listener();
  };

  /** Recordings that are open, or that still wait for the disk. */
  const recordings = new Set<Promise<void>>();
  const keepUntilWritten = (closed: Promise<void>): void => {
    const written = closed.then(() => {
      recordings.delete(written);
    });
    recordings.add(written);
  };

  const newSession = (name: string, before?: RememberedTerminal, last?: LastSeen): TerminalSession => {
    const integrationLost = (cause: string): void => {
      events.append({ type: "integration-lost", terminal: name, cause });
    };
    /** Until a shell has printed below it: one that is started anew after that has an empty screen. */
    let above = last;
    const newParts = async (size: { readonly cols: number; readonly rows: number }): Promise<SessionParts> => {
      const nonce = newId().replaceAll("-", "");
      const launch = planShellLaunch({
        shell,
        identity,
        env: options.env,
        nonce,
        integrationFolder: options.platform.shellIntegration,
        terminfo: options.platform.terminfo,
        scratch: "/run/atelier-shell",
        sessionId: newId(),
        ...(options.asIdentity ? { asIdentity: options.asIdentity } : {}),
      });
      const recorder =
        recording.terminal === "on"
          ? openRecorder({
              folder: runtimeFolder,
              terminal: name,
              ...size,
              shell,
              title: `terminal ${name}`,
              isFirst: () => first() === name,
              ...(above?.screen ? { continues: above.screen.recording } : {}),
              now,
              clock,
              onFailure: (cause) => events.append({ type: "storage-failed", stream: `recording ${name}`, cause }),
              onRecovery: (lost) => events.append({ type: "storage-recovered", stream: `recording ${name}`, lost }),
              secrets: options.secrets,
              onCaughtUp: () => session.goOn(),
              onReplaced: (count) => events.append({ type: "output-replaced", terminal: name, count }),
            })
          : undefined;
      if (recorder) keepUntilWritten(recorder.closed);
      // A move to another step is over before there is a terminal to record it in.
      const step = options.currentStep();
      if (step !== undefined) recorder?.marker(stepMarker(step));
      const tracker = new CommandTracker({
        terminal: name,
        shell,
        currentStep: options.currentStep,
        redact,
        now,
        clock,
        isShellInForeground: () => {
          const { pid } = session;
          return pid === undefined || (foregroundOf(pid)?.isShell ?? true);
        },
        // Where commands are not logged, no text of one is kept: neither beside a recording nor for the help.
        onStart: (command) => {
          if (commandLog) recorder?.marker(wholeCharacters(command, longestMarker));
        },
        onCommand: (record) => {
          if (commandLog === undefined) return;
          const parsed = commandRecordSchema.safeParse(commandLog.append(record));
          // Thrown here it would end the pty's reading, and with it every shell.
          if (parsed.success) recent.push(parsed.data);
          else integrationLost(`the shell reported what no command record can hold: ${parsed.error.message}`);
          if (recent.length > rememberedCommands) recent.shift();
        },
        onUntold: integrationLost,
      });
      const prelude = above && Buffer.from(`${above.screen?.text ?? ""}${restartLine(above.line)}`);
      events.append({ type: "terminal-opened", terminal: name, shell });
      if (launch.failure !== undefined) integrationLost(`its start-up file could not be written (${launch.failure})`);
      return { launch, recorder, tracker, prelude, nonce };
    };
    const session = new TerminalSession({
      name,
      shell,
      cwd: before?.cwd === undefined ? cwd : nearestDirectory(before.cwd),
      ...(last?.screen ? { size: last.screen.size } : {}),
      owner: identity,
      newId,
      newParts,
      isRecording: recording.terminal === "on",
      isLogging: recording.commands === "on",
      onChange: changed,
      onClosed: (exit) => events.append({ type: "terminal-closed", terminal: name, ...exit }),
      onViewer: (event, viewer) =>
        events.append(
          event === "attached"
            ? { type: "viewer-attached", terminal: name, viewer: viewer.id, role: viewer.role }
            : { type: "viewer-detached", terminal: name, viewer: viewer.id },
        ),
      onNestedShell: (program) => events.append({ type: "nested-shell", terminal: name, program }),
      onOutput: (bytes) => {
        above = undefined;
        afterFlood.output(bytes);
      },
      makeRoom: () => endProcessesOf(identity.uid),
      onIntegrationLost: integrationLost,
    });
    return session;
  };

  const lookForTerminals = createForeignTerminalWatch({
    shells: () => [...sessions].flatMap(([name, { pid }]) => (pid === undefined ? [] : [{ name, pid }])),
    uid: identity.uid,
    isAlone: options.isAlone ?? false,
    onFound: (terminal, program) => events.append({ type: "nested-shell", terminal, program }),
  });
  const looking = setInterval(() => {
    lookForTerminals();
    note();
  }, lookMs);
  looking.unref();

  const openSession = async (name: string): Promise<TerminalView> => {
    const session = newSession(name);
    sessions.set(name, session);
    try {
      await session.start();
    } catch (error) {
      if (sessions.get(name) === session) sessions.delete(name);
      session.close();
      throw error;
    }
    return session.view;
  };
  /** One without a shell stays, as exited: whoever looks at it can try again, and the others are there. */
  const bringBack = async (before: RememberedTerminal, isNoted: boolean): Promise<void> => {
    const last = { noted: before.recording, isMove: options.arrival !== undefined };
    const screen = await readLastScreen(runtimeFolder, before.name, last).catch(() => undefined);
    const wasThere = isNoted || screen !== undefined;
    const line = options.arrival ?? (wasThere ? whenRestarted(now(), screen !== undefined) : undefined);
    const session = newSession(before.name, before, line === undefined ? undefined : { screen, line });
    sessions.set(before.name, session);
    await session.start().catch((error: unknown) =>
      events.append({
        type: "integration-lost",
        terminal: before.name,
        cause: `no shell could be started (${error instanceof Error ? error.message : String(error)})`,
      }),
    );
  };

  const terminals: Terminals = {
    list: () => [...sessions.values()].map(({ view }) => view),
    open: async (wanted) => {
      if (wanted !== undefined && sessions.has(wanted))
        throw new AppError("terminal-exists", `Terminal "${wanted}" is open already.`);
      if (sessions.size >= mostTerminals)
        throw new AppError("too-many-terminals", `At most ${mostTerminals} terminals can be open.`, {
          hint: "Close one first.",
        });
      let number = 1;
      while (sessions.has(String(number))) number++;
      const name = wanted ?? String(number);
      return await openSession(name);
    },
    close: async (name) => {
      const session = sessions.get(name);
      if (session === undefined) throw new AppError("no-such-terminal", `There is no terminal "${name}".`);
      sessions.delete(name);
      session.close();
      note();
    },
    attach: (name, { socket, role, id }) => {
      const session = sessions.get(name);
      if (session) session.attach(socket, role, id);
      else socket.close(1008, "no such terminal");
    },
    recentCommands: (limit) => recent.slice(-limit),
    currentDirectory: () => sessions.get(first() ?? "")?.cwd,
    activeAt: () => Math.max(0, ...[...sessions.values()].map(({ activeAt }) => activeAt)),
    jobs: () => [...sessions.values()].flatMap(({ session }) => session?.jobs() ?? []),
    enterStep: (step) => {
      for (const session of sessions.values()) session.marker(stepMarker(step));
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(looking);
      afterFlood.stop();
      note();
      isOpen = false;
      const shells = [...sessions.values()].flatMap(({ session }) => session ?? []);
      for (const session of sessions.values()) session.close();
      sessions.clear();
      commandLog?.close();
      // Shells write their history and editors their recovery files when the terminal goes.
      await untilSessionsEnd(shells, lastWordsMs);
      await Promise.all(recordings);
    },
  };
  const noted = readTerminals(runtimeFolder).slice(0, mostTerminals);
  for (const each of noted.length > 0 ? noted : [{ name: "1" }]) await bringBack(each, noted.length > 0);
  isOpen = true;
  note();
  return terminals;
};
