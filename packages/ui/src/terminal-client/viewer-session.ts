import {
  flowWindow,
  type OutputFrame,
  type ServerMessage,
  type SnapshotFrame,
  type ViewerMessage,
} from "@atelier/contract";
import type { TerminalSize } from "../terminal/terminal-source.ts";

/**
 * What a viewer knows about the byte stream of one shell incarnation. Offsets are absolute in the
 * stream of `epoch`. `received` is absent until the first frame tells where we stand.
 */
export interface ViewerSession {
  readonly epoch?: string;
  readonly received?: number;
  /** Offset up to which the parser has taken bytes in. */
  readonly consumed: number;
  readonly acked: number;
  /** What lies before this offset had been printed before we came. */
  readonly replayUntil?: number;
}

/**
 * Whether the parser still reads the past. A terminal answers some sequences by typing; answers to
 * what was asked of somebody else long ago would end up as garbage on the command line.
 */
export const isReplaying = ({ consumed, replayUntil = 0 }: ViewerSession): boolean => consumed < replayUntil;

export const newSession: ViewerSession = { consumed: 0, acked: 0 };

/** The first message on a fresh socket; `since` asks for the delta only. */
export const attachMessage = (session: ViewerSession, size: TerminalSize, readOnly: boolean): ViewerMessage => ({
  t: "attach",
  ...(session.epoch !== undefined && session.received !== undefined
    ? { since: { epoch: session.epoch, seq: session.received } }
    : {}),
  ...size,
  ...(readOnly ? { readOnly } : {}),
});

/**
 * The session after `hello`. A delta goes on where we are; anything else starts from what the next
 * frame says. What was received but not yet parsed at the time of the break stays counted.
 */
export const onHello = (session: ViewerSession, hello: Extract<ServerMessage, { t: "hello" }>): ViewerSession =>
  hello.resume === "delta" && hello.epoch === session.epoch
    ? session
    : { epoch: hello.epoch, consumed: 0, acked: 0, replayUntil: hello.head };

export interface OutputDecision {
  readonly session: ViewerSession;
  /** Bytes to paint; empty when all were known. */
  readonly bytes: Uint8Array;
  /** Bytes are missing: the socket must be dropped and attached again. */
  readonly gap: boolean;
}

const nothing = new Uint8Array(0);

/** Bytes already seen are cut off, a hole is reported, the rest is painted. */
export const onOutput = (session: ViewerSession, frame: OutputFrame): OutputDecision => {
  const { received } = session;
  const end = frame.seq + frame.payload.length;
  if (received === undefined)
    return {
      session: { ...session, received: end, consumed: frame.seq, acked: frame.seq },
      bytes: frame.payload,
      gap: false,
    };
  if (frame.seq > received) return { session, bytes: nothing, gap: true };
  if (end <= received) return { session, bytes: nothing, gap: false };
  return { session: { ...session, received: end }, bytes: frame.payload.subarray(received - frame.seq), gap: false };
};

/** A snapshot stands for everything before its `seq`, and is outside the acknowledgement window. */
export const onSnapshot = (session: ViewerSession, frame: SnapshotFrame): ViewerSession => ({
  ...session,
  received: frame.seq,
  consumed: frame.seq,
  acked: frame.seq,
});

/** The parser has consumed up to `offset`; `ack` is present when the server should be told now. */
export const onConsumed = (
  session: ViewerSession,
  offset: number,
): { readonly session: ViewerSession; readonly ack?: number } => {
  const consumed = Math.max(session.consumed, offset);
  if (consumed - session.acked < flowWindow.ackEvery) return { session: { ...session, consumed } };
  return { session: { ...session, consumed, acked: consumed }, ack: consumed };
};
