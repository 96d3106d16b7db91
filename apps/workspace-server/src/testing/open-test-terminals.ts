import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  type CommandRecord,
  commandRecordSchema,
  createLineDecoder,
  type NewStateEvent,
  type StateEvent,
} from "@atelier/contract";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { createTerminals } from "../terminal/create-terminals.ts";
import type { CreateTerminalsOptions } from "../terminal/create-terminals-options.ts";
import type { Terminals } from "../terminal/terminals.ts";
import { FakeSocket } from "./fake-socket.ts";

/** Real shells on this machine, as whoever runs the test, with everything in a folder of its own. */
export interface TestTerminals extends AsyncDisposable {
  readonly home: string;
  readonly runtime: string;
  readonly terminals: Terminals;
  readonly events: readonly NewStateEvent[];
  /** A viewer of terminal 1. */
  attach(): FakeSocket;
  /** Types a line and waits until the log has one more command than it had when the line was sent. */
  type(viewer: FakeSocket, line: string): Promise<void>;
  /** Waits until the log has this many commands. */
  logged(count: number): Promise<void>;
  commands(): Promise<readonly CommandRecord[]>;
  recordings(): Promise<readonly string[]>;
}

export interface TestTerminalsOptions {
  readonly shell?: string;
  /** Files below the home, written before the shell starts. */
  readonly files?: Readonly<Record<string, string>>;
  /** An earlier one's folder: a restarted container on the same volume. */
  readonly folder?: string;
  readonly secrets?: readonly string[];
  /** Default both on. */
  readonly recording?: CreateTerminalsOptions["recording"];
  /** Where events go besides the list; default nowhere. */
  readonly onEvent?: (event: NewStateEvent) => void;
  /** What each shell is started with; whatever it throws, the start fails with. */
  readonly argv?: (argv: readonly string[]) => readonly string[];
}

const integration = fileURLToPath(new URL("../../shell-integration", import.meta.url));

export const openTestTerminals = async (options: TestTerminalsOptions = {}): Promise<TestTerminals> => {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "atelier-terminals-")));
  const home = folder;
  const runtime = folder;
  for (const [name, text] of Object.entries(options.files ?? {})) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), text);
  }
  const events: NewStateEvent[] = [];
  const terminals = await createTerminals({
    runtimeFolder: runtime,
    shell: options.shell ?? "/bin/bash",
    workdir: home,
    identity: { name: "student", uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, groups: [], home },
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8" },
    events: {
      append: (event) => {
        events.push(event);
        options.onEvent?.(event);
        return event as StateEvent;
      },
      subscribe: () => () => {},
    },
    recording: options.recording ?? { commands: "on", terminal: "on" },
    secrets: knownSecrets(options.secrets ?? []),
    currentStep: () => "one",
    platform: { setpriv: "/usr/bin/setpriv", terminfo: "/usr/share/terminfo", shellIntegration: integration },
    now: () => new Date(),
    newId: () => crypto.randomUUID(),
    asIdentity: (_identity, argv) => options.argv?.(argv) ?? argv,
  });
  const commands = async (): Promise<readonly CommandRecord[]> => {
    const decoder = createLineDecoder((value) => commandRecordSchema.parse(value));
    return decoder.push(await readFile(join(runtime, "command-log.jsonl"), "utf8"));
  };
  const logged = async (count: number, what = `${count} commands`, text = () => ""): Promise<void> => {
    for (const deadline = performance.now() + 30_000; (await commands()).length < count; await sleep(5))
      if (performance.now() > deadline)
        throw new Error(`${what} did not reach the log; the terminal shows:\n${text()}`);
  };
  return {
    home,
    runtime,
    terminals,
    events,
    commands,
    attach: () => {
      const socket = new FakeSocket();
      terminals.attach("1", { socket: socket.asWebSocket, role: "student", id: crypto.randomUUID() });
      socket.receive({ t: "attach", cols: 100, rows: 30 });
      return socket;
    },
    type: async (viewer, line) => {
      const before = (await commands()).length;
      viewer.input(`${line}\n`);
      await logged(before + 1, JSON.stringify(line), () => viewer.text.slice(-1000));
    },
    logged: (count) => logged(count),
    recordings: async () => (await readdir(runtime)).filter((name) => /^session-.*\.cast$/.test(name)).sort(),
    [Symbol.asyncDispose]: async () => {
      await terminals[Symbol.asyncDispose]();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
};
