import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeServerFrame, encodeInput, type ServerMessage, type ViewerMessage } from "@atelier/contract";
import type { WebSocket } from "ws";

/** A pattern reaches over at most so many bytes. */
const overlap = 4096;

/** A viewer's socket without a network: keeps what it is sent, acknowledges like a browser unless told not to. */
export class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  binaryType = "nodebuffer";
  readonly messages: ServerMessage[] = [];
  #chunks: Buffer[] = [];
  #length = 0;
  /** The sizes since the last snapshot, each with the offset of the byte that comes next. */
  sizes: { readonly seq: number; readonly cols: number; readonly rows: number }[] = [];
  /** Text of the last snapshot. */
  snapshot: string | undefined;
  /** Offset right after the last byte. */
  seq = 0;
  isAcknowledging = true;

  get asWebSocket(): WebSocket {
    return this as unknown as WebSocket;
  }
  /** Output bytes since the last snapshot. */
  get output(): Buffer {
    // Joined when somebody looks, and not with every frame.
    const whole = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = [whole ?? Buffer.alloc(0)];
    return whole ?? Buffer.alloc(0);
  }
  /** Drops what was output so far, for those who wait for what comes next. */
  forget(): void {
    this.#chunks = [];
    this.#length = 0;
  }
  get text(): string {
    return this.output.toString("utf8");
  }

  send(data: Uint8Array | string, ...[done]: readonly unknown[]): void {
    if (typeof done === "function") setImmediate(() => this.readyState === 1 && done());
    if (typeof data === "string") {
      const message = JSON.parse(data) as ServerMessage;
      this.messages.push(message);
      if (message.t === "size" || message.t === "hello")
        this.sizes.push({ seq: this.seq, cols: message.cols, rows: message.rows });
      return;
    }
    const frame = decodeServerFrame(data);
    if (frame?.kind === "output") {
      if (frame.seq !== this.seq) throw new Error(`a gap: expected ${this.seq}, got ${frame.seq}`);
      this.#chunks.push(Buffer.from(frame.payload));
      this.#length += frame.payload.length;
      this.seq = frame.seq + frame.payload.length;
      if (this.isAcknowledging) setImmediate(() => this.receive({ t: "ack", seq: this.seq }));
    } else if (frame) {
      this.snapshot = Buffer.from(frame.payload).toString("utf8");
      this.forget();
      this.seq = frame.seq;
      this.sizes = [{ seq: frame.seq, cols: frame.cols, rows: frame.rows }];
    }
  }

  /** Waits until the output matches; throws with its end. */
  async waitFor(pattern: RegExp, timeoutMs = 30_000): Promise<void> {
    let looked = 0;
    const isShown = (): boolean => {
      // Only what is new and a little before it: a flood looked at as a whole would be most of the test's work.
      const from = Math.max(0, looked - overlap);
      looked = this.#length;
      return pattern.test(this.#tail(this.#length - from).toString("utf8"));
    };
    for (const deadline = performance.now() + timeoutMs; !isShown(); await sleep(5))
      if (performance.now() > deadline)
        throw new Error(`the terminal did not show ${pattern}; it shows:\n${this.text.slice(-1000)}`);
  }

  #tail(bytes: number): Buffer {
    const parts: Buffer[] = [];
    let missing = bytes;
    for (let index = this.#chunks.length - 1; index >= 0 && missing > 0; index--) {
      const chunk = this.#chunks[index] as Buffer;
      parts.unshift(chunk.subarray(Math.max(0, chunk.length - missing)));
      missing -= chunk.length;
    }
    return Buffer.concat(parts);
  }

  receive(message: ViewerMessage): void {
    if (this.readyState === 1) this.emit("message", Buffer.from(JSON.stringify(message)), false);
  }
  input(text: string): void {
    this.emit("message", Buffer.from(encodeInput(Buffer.from(text))), true);
  }
  ping(): void {
    this.emit("pong");
  }
  close(): void {
    if (this.readyState !== 1) return;
    this.readyState = 3;
    this.emit("close");
  }
  terminate(): void {
    this.close();
  }
}
