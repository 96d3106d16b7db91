import {
  decodeServerFrame,
  encodeInput,
  isReport,
  longestViewerFrame,
  type ServerMessage,
  serverMessageSchema,
  type ViewerMessage,
} from "@atelier/contract";
import { type Connection, notConnected } from "../connection/connection-state.ts";
import { type ConnectionClock, type DialEvents, keepConnected } from "../connection/keep-connected.ts";
import type { PageVisibility } from "../connection/page-visibility.ts";
import { type WatchedLine, watchLine } from "../connection/watch-line.ts";
import type {
  TerminalLink,
  TerminalSize,
  TerminalSource,
  TerminalSourceEvent,
  TerminalStatus,
} from "../terminal/terminal-source.ts";
import { attachMessage, isReplaying, newSession, onConsumed, onHello, onOutput, onSnapshot } from "./viewer-session.ts";

export interface WebSocketSourceOptions {
  /** Absolute `ws:` or `wss:` address of `GET /api/terminals/<name>`. */
  readonly url: string;
  readonly readOnly?: boolean;
  readonly clock: ConnectionClock;
  readonly visibility: PageVisibility;
  /** A socket to `url` that was opened before anybody listened, if there is one. Nothing has been sent on it. */
  readonly openedAhead?: () => WebSocket | undefined;
}

const usable = (socket: WebSocket | undefined): WebSocket | undefined =>
  socket !== undefined && socket.readyState <= WebSocket.OPEN ? socket : undefined;

/**
 * Undoes the modes that a shell may have died in (full screen, mouse, bracketed paste) and leaves its
 * output on the screen, so that the next shell starts below it. (1047, since 1049 would also take the
 * cursor back to where it was saved last.)
 */
const afterlife = new TextEncoder().encode("\u001b[?1047l\u001b[?1000;1002;1003;1006;2004l\u001b[!p\r\n");

const tooLong =
  "That is more than can be typed at once, so nothing of it was. Paste it in parts of less than 1 MiB, or load it up as a file.";

const parseMessage = (text: string): ServerMessage | undefined => {
  try {
    return serverMessageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

/**
 * A terminal source over `contract/terminal`: attaches, acknowledges, and comes back by itself.
 *
 * Gotchas: what is typed while the wire is down is dropped, not queued: nobody wants a late Enter to
 * run half a command. After a page reload the screen is empty, so a fresh source asks for a snapshot.
 */
export const createWebSocketSource = (options: WebSocketSourceOptions): TerminalSource => ({
  readOnly: options.readOnly ?? false,
  connect: (firstSize, listen) => connect(options, firstSize, listen),
});

const connect = (
  { url, clock, visibility, readOnly = false, openedAhead }: WebSocketSourceOptions,
  firstSize: TerminalSize,
  listen: (event: TerminalSourceEvent) => void,
): TerminalLink => {
  let session = newSession;
  let size = firstSize;
  let socket: WebSocket | undefined;
  let watched: WatchedLine | undefined;
  let status: TerminalStatus = { connection: notConnected, shell: "starting" };
  /** Whether a key was sent after which nothing was heard. */
  let isUnanswered = false;

  const show = (change: Partial<TerminalStatus>): void => {
    status = { ...status, ...change };
    listen({ type: "status", status });
  };
  const showShell = (shell: TerminalStatus["shell"], exitCode: number | undefined): void => {
    const { exitCode: _previous, ...rest } = status;
    status = { ...rest, shell, ...(exitCode === undefined ? {} : { exitCode }) };
    listen({ type: "status", status });
  };
  const send = (message: ViewerMessage): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };

  const paint = (frameSeq: number, bytes: Uint8Array): void => {
    const { epoch } = session;
    const end = frameSeq + bytes.length;
    listen({
      type: "output",
      bytes,
      consumed: () => {
        // A snapshot or a new shell may have come in between; its offsets are another stream's.
        if (session.epoch !== epoch || end > (session.received ?? 0)) return;
        const step = onConsumed(session, end);
        session = step.session;
        if (step.ack !== undefined) send({ t: "ack", seq: step.ack });
      },
    });
  };

  const onBytes = (data: ArrayBuffer): void => {
    const frame = decodeServerFrame(new Uint8Array(data));
    if (frame === undefined) return;
    if (frame.kind === "snapshot") {
      session = onSnapshot(session, frame);
      listen({ type: "snapshot", size: { cols: frame.cols, rows: frame.rows }, bytes: frame.payload });
      return;
    }
    const decision = onOutput(session, frame);
    session = decision.session;
    if (decision.gap) kept.drop();
    else if (decision.bytes.length > 0) paint(frame.seq + frame.payload.length - decision.bytes.length, decision.bytes);
  };

  const onMessage = (message: ServerMessage): void => {
    switch (message.t) {
      case "hello":
        session = onHello(session, message);
        showShell(message.state, message.exitCode);
        // Whatever the screen had before the line broke, another viewer's size perhaps.
        listen({ type: "size", size: { cols: message.cols, rows: message.rows } });
        return;
      case "state":
        showShell(message.state, message.exitCode);
        return;
      case "size":
        listen({ type: "size", size: { cols: message.cols, rows: message.rows } });
        return;
      case "pong":
        return;
      case "notice":
        listen({ type: "notice", message: message.message });
        return;
      case "resync":
        // The screen that is to come waits until what was sent before has been read, so that goes on being told.
        if (message.reason === "slow") return;
        listen({ type: "output", bytes: afterlife, consumed: () => {} });
        // The `hello` of the new shell says where the stream stands.
        session = { ...newSession, ...(session.epoch === undefined ? {} : { epoch: session.epoch }) };
        return;
    }
  };

  const dial = (events: DialEvents): (() => void) => {
    const mine = usable(openedAhead?.()) ?? new WebSocket(url);
    mine.binaryType = "arraybuffer";
    socket = mine;
    const hangUp = (): void => {
      mine.onclose = null;
      line.close();
      mine.close();
    };
    const line = watchLine({
      clock,
      ask: () => {
        if (socket === mine) send({ t: "ping" });
      },
      onDead: () => {
        hangUp();
        events.lost();
      },
    });
    watched = line;
    const attach = (): void => {
      send(attachMessage(session, size, readOnly));
      if (!visibility.isVisible()) send({ t: "visible", visible: false });
    };
    if (mine.readyState === WebSocket.OPEN) attach();
    else mine.onopen = attach;
    mine.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (socket !== mine) return;
      line.heard();
      isUnanswered = false;
      if (typeof data !== "string") return onBytes(data);
      const message = parseMessage(data);
      if (message?.t === "hello") events.opened();
      if (message !== undefined) onMessage(message);
    };
    mine.onclose = () => {
      line.close();
      events.lost();
    };
    return hangUp;
  };

  const onConnection = (connection: Connection): void => {
    const isInDoubt = isUnanswered && connection.phase !== "live";
    if (connection.phase !== "closed") show({ connection, ...(isInDoubt ? { isLastKeyInDoubt: true } : {}) });
  };
  const kept = keepConnected(dial, clock, onConnection);
  const forgetVisible = visibility.onChange(() => send({ t: "visible", visible: visibility.isVisible() }));

  return {
    write: (bytes) => {
      // Nobody typed a terminal's own answer or word of its focus, and nobody would miss it.
      const isTyped = !isReport(bytes);
      if (
        !readOnly &&
        (isTyped || !isReplaying(session)) &&
        status.connection.phase === "live" &&
        socket?.readyState === WebSocket.OPEN
      ) {
        // The encoder allocates, so its buffer is never a shared one.
        const frame = encodeInput(bytes) as Uint8Array<ArrayBuffer>;
        if (frame.length > longestViewerFrame) {
          listen({ type: "notice", message: tooLong });
          return;
        }
        socket.send(frame);
        watched?.expected();
        if (!isTyped) return;
        isUnanswered = true;
        if (status.isLastKeyInDoubt) {
          const { isLastKeyInDoubt: _settled, ...rest } = status;
          status = rest;
          listen({ type: "status", status });
        }
      }
    },
    resize: (next) => {
      size = next;
      if (!readOnly) send({ t: "resize", ...next });
    },
    restart: () => send({ t: "restart" }),
    reconnect: () => kept.retryNow(),
    close: () => {
      forgetVisible();
      kept.close();
    },
  };
};
