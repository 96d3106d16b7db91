import {
  type BootView,
  controlPath,
  type ManagerMessage,
  type WorkspaceMessage,
  workspaceMessageSchema,
} from "@atelier/contract";
import { AppError, platformContract } from "@atelier/domain";
import { WebSocket } from "ws";

export type RequestMessage = Extract<WorkspaceMessage, { t: "request" }>;
type Call = Extract<
  ManagerMessage,
  { t: "take-lease" | "release" | "checkpoint" | "content-overlay" | "kubeconfig" | "check" }
>;
/** A message that gets an answer, before it is given the name of its call. */
export type Order = Call extends infer M ? (M extends Call ? Omit<M, "call"> : never) : never;

/** The manager's side of `contract/control` with one container's server. */
export interface ControlLink extends Disposable {
  readonly holdsLease: boolean;
  readonly boot: BootView;
  readonly isOpen: boolean;
  send(message: ManagerMessage): void;
  /** Throws `AppError` `order-failed` with the server's cause, `control-lost` or `control-slow`. */
  call(order: Order, timeoutMs: number): Promise<unknown>;
  /** Waits until the boot's phase is one of these; told of every view on the way. Throws `control-lost`, `control-slow`. */
  waitForPhase(phases: readonly BootView["phase"][], options: WaitOptions): Promise<BootView>;
}

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly onBoot?: (boot: BootView) => void;
}

export interface ControlLinkOptions {
  readonly port: number;
  readonly token: string;
  readonly version: string;
  /** Until the server's configuration has arrived it takes no connection: asked again until then. */
  readonly timeoutMs: number;
  readonly whyGone: () => Promise<string | undefined>;
  readonly onRequest: (message: RequestMessage) => void;
  readonly onActivity: (message: Extract<WorkspaceMessage, { t: "activity" }>) => void;
  readonly onWriting: (isHeavy: boolean) => void;
  /** It had the lease and has it no more. */
  readonly onReleased: () => void;
  /** `replaced`: another manager connected. */
  readonly onClose: (cause: "replaced" | "lost") => void;
}

const retryMs = 15;
const replacedCode = 4001;

/** Connects, and answers when the server has said hello and how far it is. Throws `AppError` `workspace-gone`, `control-slow`. */
export const openControlLink = async (options: ControlLinkOptions): Promise<ControlLink> => {
  const deadline = performance.now() + options.timeoutMs;
  for (let round = 1; ; round++) {
    const link = await tryOpen(options, Math.max(deadline - performance.now(), 100)).catch((error: unknown) => {
      if (performance.now() > deadline) throw error;
      return undefined;
    });
    if (link) return link;
    if (round % 20 === 0) {
      const reason = await options.whyGone();
      if (reason !== undefined)
        throw new AppError("workspace-gone", `The container ended: ${reason}`, {
          hint: "`atelier logs <workspace>` shows what it said.",
        });
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
};

const tryOpen = async (options: ControlLinkOptions, timeoutMs: number): Promise<ControlLink> => {
  const socket = new WebSocket(`ws://127.0.0.1:${options.port}${controlPath}`, {
    headers: { Host: `127.0.0.1:${options.port}`, Authorization: `Bearer ${options.token}` },
    perMessageDeflate: false,
    handshakeTimeout: timeoutMs,
  });
  const waiting = new Map<string, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  const listeners = new Set<() => void>();
  let hello: Extract<WorkspaceMessage, { t: "hello" }> | undefined;
  let boot: BootView | undefined;
  let holdsLease = false;
  let calls = 0;
  let isGreeted = false;
  const early: RequestMessage[] = [];
  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const isOpen = (): boolean => socket.readyState === socket.OPEN;

  socket.on("message", (data, isBinary) => {
    const message = isBinary ? undefined : parse(String(data));
    switch (message?.t) {
      case "hello":
        hello = message;
        holdsLease = message.holdsLease;
        break;
      case "boot":
        boot = message.boot;
        break;
      case "lease":
        if (holdsLease && !message.holdsLease && isGreeted) options.onReleased();
        holdsLease = message.holdsLease;
        break;
      case "answer": {
        const caller = waiting.get(message.call);
        waiting.delete(message.call);
        if (message.ok) caller?.resolve(message.result);
        else caller?.reject(new AppError("order-failed", message.cause ?? "The workspace could not do it."));
        break;
      }
      case "request":
        // Whoever opens the link has no hold of it before it is greeted.
        if (isGreeted) options.onRequest(message);
        else early.push(message);
        break;
      case "activity":
        options.onActivity(message);
        break;
      case "writing":
        options.onWriting(message.isHeavy);
        break;
      default:
    }
    changed();
  });
  socket.on("error", () => socket.terminate());
  socket.once("close", (code) => {
    for (const { reject } of waiting.values())
      reject(new AppError("control-lost", "The connection to the workspace ended."));
    waiting.clear();
    changed();
    if (isGreeted) options.onClose(code === replacedCode ? "replaced" : "lost");
  });

  const until = <T>(look: () => T | undefined, ms: number, what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        listeners.delete(check);
      };
      const check = (): void => {
        const found = look();
        if (found !== undefined) {
          finish();
          resolve(found);
        } else if (socket.readyState === socket.CLOSED || socket.readyState === socket.CLOSING) {
          finish();
          reject(new AppError("control-lost", "The connection to the workspace ended."));
        }
      };
      const timer = setTimeout(() => {
        finish();
        reject(new AppError("control-slow", `The workspace did not ${what} within ${Math.round(ms / 1000)} s.`));
      }, ms);
      listeners.add(check);
      check();
    });

  try {
    await new Promise<void>((resolve, reject) => socket.once("open", resolve).once("close", () => reject(lost())));
    socket.send(
      JSON.stringify({
        t: "hello",
        manager: "supervisor",
        version: options.version,
        contracts: [platformContract],
      } satisfies ManagerMessage),
    );
    await until(() => (hello && boot ? true : undefined), timeoutMs, "say how far it is");
  } catch (error) {
    socket.terminate();
    throw error;
  }
  isGreeted = true;
  const currentBoot = (): BootView => boot ?? { phase: "config", elapsedMs: 0 };
  // In the next turn, when the caller has the link.
  setImmediate(() => early.forEach(options.onRequest));

  return {
    get holdsLease() {
      return holdsLease;
    },
    get boot() {
      return currentBoot();
    },
    get isOpen() {
      return isOpen();
    },
    send: (message) => {
      if (isOpen()) socket.send(JSON.stringify(message));
    },
    call: (order, ms) =>
      new Promise<unknown>((resolve, reject) => {
        if (!isOpen()) {
          reject(lost());
          return;
        }
        const call = String(++calls);
        const timer = setTimeout(() => {
          waiting.delete(call);
          reject(
            new AppError(
              "control-slow",
              `The workspace did not answer "${order.t}" within ${Math.round(ms / 1000)} s.`,
            ),
          );
        }, ms);
        const settle =
          <T>(done: (value: T) => void) =>
          (value: T): void => {
            clearTimeout(timer);
            done(value);
          };
        waiting.set(call, { resolve: settle(resolve), reject: settle(reject) });
        socket.send(JSON.stringify({ ...order, call }));
      }),
    waitForPhase: (phases, { timeoutMs: ms, onBoot }) => {
      let shown = "";
      return until(
        () => {
          const view = currentBoot();
          const text = JSON.stringify([view.phase, view.progress]);
          if (text !== shown) onBoot?.(view);
          shown = text;
          return phases.includes(view.phase) ? view : undefined;
        },
        ms,
        `reach ${phases[0]}`,
      );
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
};

const lost = (): AppError => new AppError("control-lost", "The workspace takes no orders right now.");

const parse = (text: string): WorkspaceMessage | undefined => {
  try {
    return workspaceMessageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};
