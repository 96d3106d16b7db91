import { encodeOutputInto, encodeSnapshot, flowWindow, outputHeaderBytes, type ServerMessage } from "@atelier/contract";
import type { WebSocket } from "ws";
import type { Size } from "./active-viewer.ts";
import type { ReplayBuffer } from "./replay-buffer.ts";
import { ownColors } from "./screen-colors.ts";
import type { SizeHistory } from "./size-history.ts";
import { ViewerWindow } from "./viewer-window.ts";

const frameLimit = 64 * 1024;
/** Least time between two looks at the round trip while the viewer sets the pace. */
const roundTripMs = 1000;
/** What may wait in the socket: more only makes Ctrl-C slow. */
const socketLimit = 1024 * 1024;
/** What may wait besides a snapshot. Output stays far below: it is who makes us answer and reads nothing. */
const abuseLimit = 8 * 1024 * 1024;

/**
 * One frame's memory for all viewers: what a socket gives to the kernel at once, as nearly always, needs
 * it no longer. What a socket keeps is its own, and the next frame gets other memory.
 */
let frameMemory: Buffer | undefined;

const sendOutput = (socket: WebSocket, seq: number, bytes: Uint8Array): void => {
  frameMemory ??= Buffer.allocUnsafeSlow(outputHeaderBytes + frameLimit);
  socket.send(encodeOutputInto(frameMemory, seq, bytes), { binary: true });
  if (socket.bufferedAmount > 0) frameMemory = undefined;
};

/**
 * CAN and RIS: the viewer's parser may stand in the middle of a sequence or a character from before its
 * connection broke, and xterm's own `reset()` leaves it there, a hidden cursor hidden, LF as CR LF, and colours as
 * they were given.
 */
export const freshStart = `\u0018\u001bc\u001b[?25h\u001b[20l${ownColors}`;

/** A screen for a viewer that cannot have all the output. */
export interface Snapshot {
  readonly seq: number;
  readonly size: Size;
  /** Number of the first size that it does not know yet. */
  readonly nextSize: number;
  readonly text: string;
}

/**
 * One viewer of one terminal: a cursor into the replay buffer. It is sent what its window allows; what
 * it has fallen too far behind for is replaced by a snapshot. It holds no output of its own.
 */
export class Viewer {
  readonly id: string;
  readonly socket: WebSocket;
  isReadOnly: boolean;
  /** Set by `attach`: before that the viewer gets nothing. */
  isAttached = false;
  /** It has said `attach`, which a connection does once. */
  isWelcome = false;
  isWaitingForSnapshot = false;
  /** Whether anybody can see what it shows. */
  isVisible = true;
  /** A snapshot for it is being made. */
  isBeingPainted = false;
  #sent = 0;
  /** Number of the next size it is to be told. */
  #nextSize = 0;
  #acknowledged = 0;
  /** Of the last one: a wide, coloured screen may be large. */
  #snapshotBytes = 0;
  isAlive = true;
  readonly #window = new ViewerWindow();
  #pingedAt: number | undefined;
  /** A ping without an answer. */
  #isPinging = false;

  constructor(id: string, socket: WebSocket, isReadOnly: boolean) {
    this.id = id;
    this.socket = socket;
    this.isReadOnly = isReadOnly;
    socket.on("pong", () => {
      this.isAlive = true;
      if (this.#isPinging) this.#window.answered(performance.now() - (this.#pingedAt ?? 0));
      this.#isPinging = false;
    });
  }

  /** Asks whether it is there, and how long that takes. */
  ping(): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.#isPinging = true;
    this.#pingedAt = performance.now();
    this.socket.ping();
  }

  /** Offset up to which its parser has read. */
  get acknowledged(): number {
    return this.#acknowledged;
  }
  get isLive(): boolean {
    return this.isAttached && !this.isWaitingForSnapshot;
  }

  get hasReadWhatItGot(): boolean {
    const few = Math.min(flowWindow.low, this.#window.bytes / 2);
    return this.#sent - this.#acknowledged <= few && this.socket.bufferedAmount < socketLimit;
  }

  say(message: ServerMessage): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > this.#snapshotBytes + abuseLimit) this.socket.terminate();
    else this.socket.send(JSON.stringify(message));
  }

  /** Output goes on from here, and sizes with that number. */
  startAt(offset: number, nextSize: number): void {
    this.#nextSize = nextSize;
    this.#sent = offset;
    this.#acknowledged = offset;
    this.isAttached = true;
    this.isWaitingForSnapshot = false;
    this.#window.startsAt(performance.now(), offset);
  }

  /** It has typed what ends a program: the rest that is held for it goes out at once. */
  interrupts(): void {
    if (this.#sent > this.#acknowledged) this.#window.interrupts(this.#sent);
  }

  /** Only an answer to what was sent shows that somebody reads; whoever writes may be deaf all the same. */
  acknowledge(offset: number): void {
    if (offset <= this.#acknowledged || offset > this.#sent) return;
    this.isAlive = true;
    this.#acknowledged = offset;
    this.#window.read(performance.now(), { offset, isAll: offset === this.#sent });
  }

  /** How many bytes may be under way to it, and how many in a frame. */
  get window(): { readonly bytes: number; readonly frameBytes: number; readonly isInterrupted: boolean } {
    return this.#window;
  }

  /** @param onGone it no longer fills the socket; nobody acknowledges it, so only that says that output may go on */
  sendSnapshot({ seq, size, nextSize, text }: Snapshot, onGone: () => void): void {
    const frame = encodeSnapshot({ seq, ...size, payload: Buffer.from(`${freshStart}${text}`) });
    this.#snapshotBytes = frame.length;
    this.socket.send(frame, (error) => {
      if (!error) onGone();
    });
    this.startAt(seq, nextSize);
  }

  /** Sends what the window allows, and each size in its place. Answers false when the buffer no longer holds what is due. */
  pump(buffer: ReplayBuffer, sizes: SizeHistory): boolean {
    while (this.isLive && this.socket.readyState === this.socket.OPEN) {
      const change = sizes.from(this.#nextSize);
      if (change !== undefined && change.offset <= this.#sent) {
        this.say({ t: "size", ...change.size });
        this.#nextSize = change.number + 1;
        continue;
      }
      if (this.#sent >= buffer.head) break;
      const untilChange = change === undefined ? Number.POSITIVE_INFINITY : change.offset - this.#sent;
      const room = this.#window.bytes - (this.#sent - this.#acknowledged);
      if (room <= 0 || this.socket.bufferedAmount > socketLimit) {
        this.#isHeldBack();
        break;
      }
      const bytes = buffer.read(this.#sent, Math.min(frameLimit, this.#window.frameBytes, room, untilChange));
      if (bytes === undefined) return false;
      if (this.#sent === this.#acknowledged) this.#window.begins(performance.now(), this.#sent);
      sendOutput(this.socket, this.#sent, bytes);
      this.#sent += bytes.length;
    }
    return this.#sent >= buffer.start || !this.isLive;
  }

  #isHeldBack(): void {
    this.#window.isFull();
    if (!this.#isPinging && performance.now() - (this.#pingedAt ?? 0) > roundTripMs) this.ping();
  }
}
