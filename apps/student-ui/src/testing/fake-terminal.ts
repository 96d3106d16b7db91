import { randomUUID } from "node:crypto";
import {
  decodeViewerFrame,
  encodeOutput,
  encodeSnapshot,
  flowWindow,
  type ServerMessage,
  type TerminalView,
  viewerMessageSchema,
} from "@atelier/contract";
import { type IPty, spawn } from "@lydell/node-pty";
import serializeAddon from "@xterm/addon-serialize";
import headless from "@xterm/headless";
import type { RawData, WebSocket } from "ws";

interface Viewer {
  readonly socket: WebSocket;
  acked: number;
  attached: boolean;
}

/** A real shell behind `contract/terminal`, for developing the page without a container. */
export interface FakeTerminal {
  view(): TerminalView;
  attach(socket: WebSocket): void;
  /** Cuts every viewer's wire; the shell goes on. */
  cut(): void;
  close(): void;
}

export interface FakeTerminalOptions {
  readonly name: string;
  readonly home: string;
  readonly onChange: () => void;
}

const ringBytes = 256 * 1024;

export const createFakeTerminal = ({ name, home, onChange }: FakeTerminalOptions): FakeTerminal => {
  const viewers = new Set<Viewer>();
  let size = { cols: 80, rows: 24 };
  let epoch = "";
  let head = 0;
  let ring: { seq: number; bytes: Buffer }[] = [];
  let pty: IPty | undefined;
  let exitCode: number | undefined;
  let screen = new headless.Terminal({ ...size, allowProposedApi: true, scrollback: 1000 });
  let serializer = new serializeAddon.SerializeAddon();
  screen.loadAddon(serializer);

  const tell = (viewer: Viewer, message: ServerMessage): void => viewer.socket.send(JSON.stringify(message));
  const tellAll = (message: ServerMessage): void => {
    for (const viewer of viewers) if (viewer.attached) tell(viewer, message);
  };
  const state = (): TerminalView["state"] => (pty === undefined ? "exited" : "ready");

  const flow = (): void => {
    const furthestBehind = Math.max(
      0,
      ...[...viewers].filter(({ attached }) => attached).map(({ acked }) => head - acked),
    );
    if (furthestBehind > flowWindow.high) pty?.pause();
    else if (furthestBehind < flowWindow.low) pty?.resume();
  };

  const start = (): void => {
    epoch = randomUUID();
    head = 0;
    ring = [];
    exitCode = undefined;
    screen = new headless.Terminal({ ...size, allowProposedApi: true, scrollback: 1000 });
    serializer = new serializeAddon.SerializeAddon();
    screen.loadAddon(serializer);
    const shell = spawn("/bin/bash", ["--norc"], {
      ...size,
      cwd: home,
      encoding: null,
      env: {
        HOME: home,
        PATH: process.env.PATH ?? "/usr/bin:/bin",
        TERM: "xterm-256color",
        LANG: "C.UTF-8",
        PS1: "\\[\\e[35m\\]student@quiet-otter\\[\\e[0m\\]:\\[\\e[36m\\]\\w\\[\\e[0m\\]$ ",
      },
    });
    pty = shell;
    shell.onData((data: string | Buffer) => {
      const bytes = Buffer.from(data);
      screen.write(bytes);
      const frame = encodeOutput(head, bytes);
      ring.push({ seq: head, bytes });
      head += bytes.length;
      while (head - (ring[1]?.seq ?? head) > ringBytes) ring.shift();
      for (const viewer of viewers) if (viewer.attached) viewer.socket.send(frame);
      flow();
    });
    shell.onExit(({ exitCode: code }) => {
      if (pty !== shell) return;
      pty = undefined;
      exitCode = code;
      tellAll({ t: "state", state: "exited", exitCode: code });
      onChange();
    });
    onChange();
  };

  const hello = (viewer: Viewer, resume: "delta" | "snapshot"): void =>
    tell(viewer, {
      t: "hello",
      terminal: name,
      epoch,
      state: state(),
      ...(exitCode === undefined ? {} : { exitCode }),
      head,
      ...size,
      resume,
      integration: "none",
      recording: true,
    });

  const snapshot = (viewer: Viewer): void => {
    // The mirror parses behind the stream; an empty write ends when it has caught up.
    screen.write("", () => {
      viewer.acked = head;
      viewer.socket.send(
        encodeSnapshot({ seq: head, ...size, payload: Buffer.from(serializer.serialize({ scrollback: 1000 })) }),
      );
      viewer.attached = true;
    });
  };

  const attach = (viewer: Viewer, since: { epoch: string; seq: number } | undefined): void => {
    const oldest = ring[0]?.seq ?? head;
    if (since === undefined || since.epoch !== epoch || since.seq < oldest || since.seq > head) {
      hello(viewer, "snapshot");
      snapshot(viewer);
      return;
    }
    hello(viewer, "delta");
    for (const { seq, bytes } of ring) if (seq + bytes.length > since.seq) viewer.socket.send(encodeOutput(seq, bytes));
    viewer.acked = since.seq;
    viewer.attached = true;
  };

  const resize = (cols: number, rows: number): void => {
    if (cols === size.cols && rows === size.rows) return;
    size = { cols, rows };
    pty?.resize(cols, rows);
    screen.resize(cols, rows);
    tellAll({ t: "size", cols, rows });
  };

  const onMessage = (viewer: Viewer, data: RawData, isBinary: boolean): void => {
    const bytes = Buffer.isBuffer(data)
      ? data
      : Buffer.concat([data].flat().map((part) => Buffer.from(part as ArrayBuffer)));
    if (isBinary) {
      const input = decodeViewerFrame(bytes);
      if (input !== undefined) pty?.write(Buffer.from(input) as unknown as string);
      return;
    }
    const message = viewerMessageSchema.parse(JSON.parse(bytes.toString()));
    if (message.t === "attach") {
      if (message.cols !== undefined && message.rows !== undefined && message.readOnly !== true)
        resize(message.cols, message.rows);
      attach(viewer, message.since);
    } else if (message.t === "ack") {
      viewer.acked = Math.max(viewer.acked, message.seq);
      flow();
    } else if (message.t === "ping") tell(viewer, { t: "pong" });
    else if (message.t === "resize") resize(message.cols, message.rows);
    else if (pty === undefined) {
      start();
      for (const each of viewers) {
        tell(each, { t: "resync", reason: "restart" });
        hello(each, "delta");
        each.acked = 0;
      }
    }
  };

  start();
  return {
    view: () => ({
      name,
      state: state(),
      shell: "bash",
      ...(exitCode === undefined ? {} : { exitCode }),
      viewers: viewers.size,
    }),
    attach: (socket) => {
      const viewer: Viewer = { socket, acked: 0, attached: false };
      viewers.add(viewer);
      socket.on("message", (data, isBinary) => onMessage(viewer, data, isBinary));
      socket.on("close", () => {
        viewers.delete(viewer);
        flow();
      });
    },
    cut: () => {
      for (const { socket } of viewers) socket.terminate();
    },
    close: () => {
      for (const { socket } of viewers) socket.terminate();
      const shell = pty;
      pty = undefined;
      shell?.kill("SIGKILL");
    },
  };
};
