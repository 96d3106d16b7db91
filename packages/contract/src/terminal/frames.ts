import { z } from "zod";

/**
 * `contract/terminal`: one WebSocket per viewer and terminal, `GET /api/terminals/<name>`.
 *
 * Output is a byte stream per incarnation of a shell (`epoch`). A frame's `seq` is the offset of its
 * first byte in that stream, so the next expected offset is `seq + payload length`. Data travels in
 * binary frames, everything else as JSON text.
 *
 * Binary, server → viewer
 *   0x01 output    u8 kind · f64be seq · payload
 *   0x02 snapshot  u8 kind · f64be seq · u16be cols · u16be rows · payload
 *                  The payload resets a terminal in any state and paints it; the next output frame
 *                  starts at `seq`.
 * Binary, viewer → server
 *   0x10 input     u8 kind · payload
 *
 * A viewer opens, sends `attach`, gets `hello`, then either output from `since.seq` (when the ring
 * still holds it and the epoch is the same) or one snapshot, then output. It acknowledges with the
 * offset its parser has consumed. Snapshot bytes are outside the acknowledgement window.
 */
export const frameKind = { output: 0x01, snapshot: 0x02, input: 0x10 } as const;

/**
 * Unacknowledged bytes above which the PTY is paused, and below which it goes on, as long as nobody knows
 * how fast the viewer reads; then the server's window follows the viewer. A browser parses 1 to 35 MB/s, short lines slowest:
 * what is under way must be read in well under the 50 ms in which Ctrl-C has to show.
 */
export const flowWindow = { high: 160 * 1024, low: 64 * 1024, ackEvery: 4 * 1024 } as const;

const cols = z.int().min(2).max(1000);
const rows = z.int().min(1).max(1000);

/** What a viewer may send at once, the kind of its frame included; more ends its connection. */
export const longestViewerFrame = 1024 * 1024;

export const viewerMessageSchema = z.discriminatedUnion("t", [
  z.object({
    t: z.literal("attach"),
    since: z.object({ epoch: z.string(), seq: z.int().nonnegative() }).optional(),
    cols: cols.optional(),
    rows: rows.optional(),
    /** A viewer that only watches: its size and input are ignored. */
    readOnly: z.boolean().optional(),
  }),
  z.object({ t: z.literal("ack"), seq: z.int().nonnegative() }),
  z.object({ t: z.literal("resize"), cols, rows }),
  /**
   * Whether anybody can see it; yes, until told otherwise. A browser reads in a hidden tab once a second or more
   * seldom: no shell waits for that, and what was missed comes as a screen when it is seen again.
   */
  z.object({ t: z.literal("visible"), visible: z.boolean() }),
  /** Whether anybody is there: answered at once by `pong`. The socket's own pings are out of a page's sight. */
  z.object({ t: z.literal("ping") }),
  /** Starts a new shell; refused unless the old one has exited or `kill` is set. */
  z.object({ t: z.literal("restart"), kill: z.boolean().optional() }),
]);
export type ViewerMessage = z.infer<typeof viewerMessageSchema>;

export const terminalStateSchema = z.enum(["starting", "ready", "exited", "closed"]);
export type TerminalState = z.infer<typeof terminalStateSchema>;

export const serverMessageSchema = z.discriminatedUnion("t", [
  z.object({
    t: z.literal("hello"),
    terminal: z.string(),
    epoch: z.string(),
    state: terminalStateSchema,
    exitCode: z.int().optional(),
    /** Offset right after the newest byte. */
    head: z.number(),
    cols,
    rows,
    resume: z.enum(["delta", "snapshot"]),
    /** What shell integration can do for this shell, for the UI to name. */
    integration: z.enum(["full", "basic", "none"]),
    recording: z.boolean(),
  }),
  z.object({
    t: z.literal("state"),
    state: terminalStateSchema,
    exitCode: z.int().optional(),
    signal: z.string().optional(),
  }),
  /** For the output that comes next. */
  z.object({ t: z.literal("size"), cols, rows }),
  /** The viewer fell behind and gets a snapshot next. */
  z.object({ t: z.literal("resync"), reason: z.enum(["slow", "restart"]) }),
  z.object({ t: z.literal("pong") }),
  z.object({ t: z.literal("notice"), code: z.string(), message: z.string() }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;

export interface OutputFrame {
  readonly kind: "output";
  readonly seq: number;
  readonly payload: Uint8Array;
}
export interface SnapshotFrame {
  readonly kind: "snapshot";
  readonly seq: number;
  readonly cols: number;
  readonly rows: number;
  readonly payload: Uint8Array;
}

export const outputHeaderBytes = 9;
const snapshotHeaderBytes = 13;

const frame = (headerBytes: number, payload: Uint8Array): { bytes: Uint8Array; view: DataView } => {
  const bytes = new Uint8Array(headerBytes + payload.length);
  bytes.set(payload, headerBytes);
  return { bytes, view: new DataView(bytes.buffer) };
};

export const encodeOutput = (seq: number, payload: Uint8Array): Uint8Array => {
  const { bytes, view } = frame(outputHeaderBytes, payload);
  view.setUint8(0, frameKind.output);
  view.setFloat64(1, seq);
  return bytes;
};

/** The same into memory that the caller owns; answers the part of `target` that is the frame. */
export const encodeOutputInto = (target: Uint8Array, seq: number, payload: Uint8Array): Uint8Array => {
  const view = new DataView(target.buffer, target.byteOffset, outputHeaderBytes);
  view.setUint8(0, frameKind.output);
  view.setFloat64(1, seq);
  target.set(payload, outputHeaderBytes);
  return target.subarray(0, outputHeaderBytes + payload.length);
};

export const encodeSnapshot = (snapshot: Omit<SnapshotFrame, "kind">): Uint8Array => {
  const { bytes, view } = frame(snapshotHeaderBytes, snapshot.payload);
  view.setUint8(0, frameKind.snapshot);
  view.setFloat64(1, snapshot.seq);
  view.setUint16(9, snapshot.cols);
  view.setUint16(11, snapshot.rows);
  return bytes;
};

export const encodeInput = (payload: Uint8Array): Uint8Array => {
  const { bytes, view } = frame(1, payload);
  view.setUint8(0, frameKind.input);
  return bytes;
};

/** The frame, or undefined when the bytes are none of ours. The payload is a view, not a copy. */
export const decodeServerFrame = (bytes: Uint8Array): OutputFrame | SnapshotFrame | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= outputHeaderBytes && bytes[0] === frameKind.output)
    return { kind: "output", seq: view.getFloat64(1), payload: bytes.subarray(outputHeaderBytes) };
  if (bytes.length >= snapshotHeaderBytes && bytes[0] === frameKind.snapshot)
    return {
      kind: "snapshot",
      seq: view.getFloat64(1),
      cols: view.getUint16(9),
      rows: view.getUint16(11),
      payload: bytes.subarray(snapshotHeaderBytes),
    };
  return undefined;
};

/** The input bytes, or undefined when the frame is not an input frame. */
export const decodeViewerFrame = (bytes: Uint8Array): Uint8Array | undefined =>
  bytes.length >= 1 && bytes[0] === frameKind.input ? bytes.subarray(1) : undefined;
