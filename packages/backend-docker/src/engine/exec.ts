import type { Duplex } from "node:stream";
import { z } from "zod";
import { demultiplex } from "./demultiplex.ts";
import type { Transport } from "./transport.ts";

export interface ExecOptions {
  readonly argv: readonly string[];
  readonly user?: string;
  readonly cwd?: string;
  readonly env?: readonly string[];
  /** Bytes for stdin; the stream is half-closed after them. */
  readonly input?: Buffer | string;
  readonly onOutput?: (stream: "stdout" | "stderr", data: Buffer) => void;
  /**
   * Ends the wait, not the command: the engine cannot end an exec, so whoever aborts also stops or
   * removes the container.
   */
  readonly signal?: AbortSignal;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The longest output of an exec that is kept for the result, in bytes; `onOutput` sees everything. */
const keptOutput = 1024 * 1024;

const createdSchema = z.object({ Id: z.string() });
const endedSchema = z.object({ ExitCode: z.number().nullable() });

/** Runs a command in a running container, over a connection of its own. */
export const exec = async (transport: Transport, container: string, options: ExecOptions): Promise<ExecResult> => {
  const signal = options.signal ? { signal: options.signal } : {};
  const { Id } = await transport.read(createdSchema, {
    method: "POST",
    path: `/containers/${encodeURIComponent(container)}/exec`,
    json: {
      AttachStdin: options.input !== undefined,
      AttachStdout: true,
      AttachStderr: true,
      Cmd: options.argv,
      ...(options.user ? { User: options.user } : {}),
      ...(options.cwd ? { WorkingDir: options.cwd } : {}),
      ...(options.env ? { Env: options.env } : {}),
    },
    ...signal,
  });
  const socket: Duplex = await transport.hijack({
    method: "POST",
    path: `/exec/${Id}/start`,
    body: Buffer.from('{"Detach":false,"Tty":false}'),
    contentType: "application/json",
    ...signal,
  });
  try {
    if (options.input !== undefined) socket.end(options.input);
    const kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let size = 0;
    for await (const { stream, data } of demultiplex(socket)) {
      options.onOutput?.(stream, data);
      if (size < keptOutput) kept[stream].push(data);
      size += data.length;
    }
    const { ExitCode } = await transport.read(endedSchema, { path: `/exec/${Id}/json`, ...signal });
    return {
      exitCode: ExitCode ?? -1,
      stdout: Buffer.concat(kept.stdout).toString("utf8"),
      stderr: Buffer.concat(kept.stderr).toString("utf8"),
    };
  } finally {
    socket.destroy();
  }
};
