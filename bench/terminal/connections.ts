import { once } from "node:events";
import { connect } from "node:net";
import { decodeServerFrame, encodeInput, flowWindow } from "@atelier/contract";
import { WebSocket } from "ws";

/**
 * One terminal's connection that counts and does not keep: what a client does with the bytes is not what
 * is measured here.
 */
export interface Connection {
  readonly bytes: number;
  type(text: string): void;
  /** Resolves when this text has come, with the time it came. Looks from now on. */
  seen(text: string, timeoutMs?: number): Promise<number>;
  close(): void;
}

interface Wire {
  /** Hands all output to the listener as it comes. */
  readonly listen: (take: (output: Buffer) => void) => void;
  readonly send: (text: string) => void;
  readonly close: () => void;
}

const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once("open", () => resolve()).once("error", reject);
  });

const connection = ({ listen, send, close }: Wire): Connection => {
  let bytes = 0;
  let tail = "";
  let wanted: { readonly text: string; readonly resolve: (at: number) => void } | undefined;
  listen((output) => {
    bytes += output.length;
    if (wanted === undefined) return;
    tail = `${tail}${output.toString("latin1", Math.max(0, output.length - 256))}`.slice(-320);
    if (!tail.includes(wanted.text)) return;
    const { resolve } = wanted;
    wanted = undefined;
    tail = "";
    resolve(performance.now());
  });
  return {
    get bytes() {
      return bytes;
    },
    type: send,
    seen: (text, timeoutMs = 120_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`"${text}" did not come; the end is ${JSON.stringify(tail)}`)),
          timeoutMs,
        );
        wanted = {
          text,
          resolve: (at) => {
            clearTimeout(timer);
            resolve(at);
          },
        };
      }),
    close,
  };
};

/** @param payload of a message, undefined for what is no output */
const overWebSocket = (
  socket: WebSocket,
  payload: (data: Buffer, isBinary: boolean) => Buffer | undefined,
): Pick<Wire, "listen" | "close"> => ({
  listen: (take) =>
    socket.on("message", (data: Buffer, isBinary) => {
      const output = payload(data, isBinary);
      if (output !== undefined) take(output);
    }),
  close: () => socket.terminate(),
});

export interface AtelierAddress {
  readonly host: string;
  /** The published port, which the server's Host rule knows. */
  readonly port: number;
  readonly token: string;
}

/** Our protocol, acknowledging as a browser's parser would. */
export const connectAtelier = async ({ host, port, token }: AtelierAddress, terminal: string): Promise<Connection> => {
  const origin = `http://127.0.0.1:${port}`;
  const socket = new WebSocket(`ws://${host}:7681/api/terminals/${terminal}`, {
    headers: { Host: `127.0.0.1:${port}`, Origin: origin, Authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  let acknowledged = 0;
  const wire = connection({
    send: (text) => socket.send(encodeInput(Buffer.from(text))),
    ...overWebSocket(socket, (data, isBinary) => {
      const frame = isBinary ? decodeServerFrame(data) : undefined;
      if (frame === undefined) return undefined;
      const end = frame.kind === "output" ? frame.seq + frame.payload.length : frame.seq;
      if (end - acknowledged >= flowWindow.ackEvery) {
        acknowledged = end;
        socket.send(JSON.stringify({ t: "ack", seq: end }));
      }
      return Buffer.from(frame.payload.buffer, frame.payload.byteOffset, frame.payload.byteLength);
    }),
  });
  await opened(socket);
  socket.send(JSON.stringify({ t: "attach", cols: 100, rows: 30 }));
  return wire;
};

/** ttyd's protocol: a letter in front of everything. */
export const connectTtyd = async (host: string, port: number): Promise<Connection> => {
  const socket = new WebSocket(`ws://${host}:${port}/ws`, ["tty"], { perMessageDeflate: false });
  const wire = connection({
    send: (text) => socket.send(Buffer.from(`0${text}`)),
    ...overWebSocket(socket, (data) => (data[0] === 0x30 ? data.subarray(1) : undefined)),
  });
  await opened(socket);
  socket.send(JSON.stringify({ AuthToken: "", columns: 100, rows: 30 }));
  return wire;
};

/** Bytes as they are: what a program that only copies between a socket and a pseudo-terminal can do. */
export const connectBare = async (host: string, port: number): Promise<Connection> => {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, "connect");
  return connection({
    send: (text) => socket.write(text),
    listen: (take) => socket.on("data", take),
    close: () => socket.destroy(),
  });
};
