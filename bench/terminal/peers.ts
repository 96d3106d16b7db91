import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serverBelow } from "../process-memory.ts";
import { type BenchWorkspaces, openBenchWorkspaces } from "../bench-workspaces.ts";
import { type AtelierAddress, type Connection, connectAtelier, connectBare, connectTtyd } from "./connections.ts";

const run = promisify(execFile);

/** One terminal stack, all in the same container. */
export interface Stack {
  readonly name: "atelier" | "unrecorded" | "ttyd" | "ttyd+asciinema";
  connect(terminal?: string): Promise<Connection>;
  /** Starts another process that keeps a second terminal scrolling; answers how to end it. */
  scroll(): Promise<() => Promise<void>>;
}

export interface Stacks extends AsyncDisposable {
  /** Ours and the peers. */
  readonly all: readonly Stack[];
  /** Ours, with recording and command log. */
  readonly atelier: Stack;
  /** Ours in a container of its own, without a recording. */
  readonly unrecorded: Stack & { readonly serverPid: number };
  readonly address: AtelierAddress;
  /** Process of our server, as the host counts. */
  readonly serverPid: number;
  /** A program in C that copies bytes between a TCP socket and a shell's pseudo-terminal and does nothing else. */
  connectCopier(): Promise<Connection>;
  /** MB/s of a program that only reads the bulk file from a pseudo-terminal, in the same container. */
  rawPty(): Promise<number>;
  /** The student's link to the page. */
  readonly link: string;
}

const workshop = fileURLToPath(new URL("peers/", import.meta.url));
const scrollFile = fileURLToPath(new URL("scroll.ts", import.meta.url));
const ports = { bare: 7701, recorded: 7702, copier: 7703 } as const;

export const openStacks = async (): Promise<Stacks> => {
  const bench = await openBenchWorkspaces(workshop);
  const recorded = await startWorkspace(bench, "recorded", "on");
  const unrecorded = await startWorkspace(bench, "unrecorded", "off");
  const inContainer = (command: string): Promise<unknown> =>
    run("docker", [
      "exec",
      "-d",
      "-u",
      "student",
      "-w",
      "/home/student",
      "-e",
      "HOME=/home/student",
      "-e",
      "TERM=xterm-256color",
      "-e",
      "LANG=C.UTF-8",
      recorded.container,
      "sh",
      "-c",
      command,
    ]);
  await inContainer(`exec ttyd -W -p ${ports.bare} bash`);
  await inContainer(`exec ttyd -W -p ${ports.recorded} asciinema rec -q --overwrite -c bash /tmp/peer-$$.cast`);
  await inContainer(
    `exec socat TCP-LISTEN:${ports.copier},reuseaddr,fork,nodelay EXEC:bash,pty,setsid,ctty,stderr,rawer,echo=1,icanon=1`,
  );
  const { host } = recorded.address;
  const atelier: Stack = ours("atelier", recorded.address);
  const stacks: Stacks = {
    atelier,
    address: recorded.address,
    serverPid: recorded.serverPid,
    link: recorded.link,
    connectCopier: () => connectBare(host, ports.copier),
    rawPty: async () => {
      const { stdout } = await run("docker", ["exec", "-u", "student", recorded.container, "python3", "-c", readOnly]);
      return Number(stdout);
    },
    unrecorded: { ...ours("unrecorded", unrecorded.address), serverPid: unrecorded.serverPid },
    all: [atelier, theirs("ttyd", host, ports.bare), theirs("ttyd+asciinema", host, ports.recorded)],
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
  return stacks;
};

/** What the kernel gives to whoever does nothing else: what lies above this figure, nobody reaches. */
const readOnly = `
import os, pty, time
pid, master = pty.fork()
if pid == 0: os.execvp("cat", ["cat", "/var/tmp/bulk.txt"])
begun, size = time.monotonic(), 0
try:
    while True: size += len(os.read(master, 65536)) or 1 / 0
except (OSError, ZeroDivisionError): pass
print(size / 1e6 / (time.monotonic() - begun))
`;

const ours = (name: Stack["name"], address: AtelierAddress): Stack => ({
  name,
  connect: (terminal = "1") => connectAtelier(address, terminal),
  scroll: async () => {
    await openSecondTerminal(address);
    return startScrolling({ atelier: address, terminal: "2" });
  },
});
const theirs = (name: Stack["name"], host: string, port: number): Stack => ({
  name,
  connect: () => connectTtyd(host, port),
  scroll: () => startScrolling({ ttyd: { host, port }, terminal: "" }),
});

/** `fetch` would drop the Host header that the server's rule asks for. */
const openSecondTerminal = ({ host, port, token }: AtelierAddress): Promise<void> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host,
        port: 7681,
        method: "POST",
        path: "/api/terminals",
        headers: {
          Host: `127.0.0.1:${port}`,
          Origin: `http://127.0.0.1:${port}`,
          Authorization: `Bearer ${token}`,
          "Content-Type": "application/json",
        },
      },
      (answer) => {
        answer.resume();
        // 4xx: it is open from an earlier round.
        answer.once("end", resolve);
      },
    );
    outgoing.once("error", reject).end('{"name":"2"}');
  });

const startScrolling = async (target: object): Promise<() => Promise<void>> => {
  const child = spawn(process.execPath, [scrollFile, JSON.stringify(target)], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return async () => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  };
};

const startWorkspace = async (bench: BenchWorkspaces, name: string, terminal: "on" | "off") => {
  const settings = await bench.create(name, { recording: { commands: "on", terminal }, image: "peers" });
  const boot = await bench.workspaces.start(name, {
    onPhase: () => {},
    onBoot: () => {},
    signal: AbortSignal.timeout(60_000),
  });
  if (boot.phase !== "ready") throw new Error(`the workspace did not start: ${boot.cause}`);
  const { containerId = "" } = await bench.workspaces.find(name);
  const { stdout } = await run("docker", [
    "inspect",
    "-f",
    "{{.NetworkSettings.IPAddress}} {{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}{{.State.Pid}}",
    containerId,
  ]);
  const [host = "", pid = ""] = [stdout.trim().split(/\s+/)[0] ?? "", stdout.trim().split(/\s+/).at(-1) ?? ""];
  return {
    container: containerId,
    serverPid: serverBelow(Number(pid)),
    link: `http://127.0.0.1:${settings.port}/login?token=${bench.state.token(settings.id, "student")}`,
    address: { host, port: settings.port, token: bench.state.token(settings.id, "student") },
  };
};
