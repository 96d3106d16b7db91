import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { bootViewSchema, receiveConfigCommand } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { Engine } from "../engine/engine.ts";
import { getFromServer } from "./server-client.ts";
import { goLine } from "./waiting-container.ts";

export interface Delivery {
  readonly container: string;
  readonly workspace: string;
  readonly port: number;
  readonly files: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Its server may be waiting for an order to start. */
  readonly waits?: boolean;
}

/** A server that answers and has not taken its configuration from stdin by then is one that does not read it. */
const takenWithinMs = 1500;
/** For a server to answer at all; the other way then says what is wrong. */
const answersWithinMs = 20_000;

/**
 * Hands a server its configuration: as one line on its stdin, which costs nothing; where that does not
 * arrive (an older image, a container somebody else started), through a process of its own in the container.
 * Throws `AppError` `config-not-received`.
 */
export const deliverConfig = async (engine: Engine, delivery: Delivery): Promise<void> => {
  const stdin = await engine.attachStdin(delivery.container, delivery.signal).catch(() => undefined);
  if (stdin === undefined || !(await deliverOverStdin(engine, delivery, stdin)))
    await deliverByProcess(engine, delivery);
};

/** Over a stdin that is held already. Answers whether it was taken. */
export const deliverOverStdin = async (
  engine: Engine,
  { container, port, files, signal, waits }: Delivery,
  stdin: Duplex,
): Promise<boolean> => {
  try {
    stdin.on("error", () => stdin.destroy());
    stdin.end(`${waits ? goLine : ""}${JSON.stringify(files)}\n`);
    let end = performance.now() + answersWithinMs;
    for (let round = 1, isThere = false; performance.now() < end; round++) {
      signal.throwIfAborted();
      const phase = await phaseOf(port);
      if (phase !== undefined && phase !== "config") return true;
      if (phase !== undefined && !isThere) {
        isThere = true;
        end = performance.now() + takenWithinMs;
      }
      if (round % 25 === 0 && !(await engine.inspectContainer(container)).State.Running) return false;
      await sleep(8, undefined, { signal });
    }
    return false;
  } finally {
    stdin.destroy();
  }
};

export const deliverByProcess = async (
  engine: Engine,
  { container, workspace, files, signal }: Delivery,
): Promise<void> => {
  const { exitCode, stderr } = await engine.exec(container, {
    argv: receiveConfigCommand,
    user: "0:0",
    input: JSON.stringify(files),
    signal,
  });
  if (exitCode !== 0)
    throw new AppError(
      "config-not-received",
      `The workspace did not take its configuration (exit code ${exitCode}): ${stderr.trim()}`,
      { hint: `atelier logs ${workspace}` },
    );
};

const phaseOf = async (port: number): Promise<string | undefined> => {
  try {
    return bootViewSchema.safeParse(JSON.parse((await getFromServer(port, "/api/boot")).text)).data?.phase;
  } catch {
    return undefined;
  }
};
