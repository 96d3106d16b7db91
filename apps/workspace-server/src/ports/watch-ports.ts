import { listeningPorts } from "./listening-ports.ts";

/** Ports that opened after the workspace was ready: what a student started and may want to look at. */
export interface WatchedPorts extends Disposable {
  readonly open: readonly number[];
}

export interface WatchPortsOptions {
  /** Never told: the server's own. */
  readonly own: readonly number[];
  readonly onOpen: (port: number) => void;
  readonly onClose: (port: number) => void;
  /** After every look that found a difference. */
  readonly onChange: () => void;
  readonly lookEveryMs?: number;
  readonly ports?: () => Promise<readonly number[]>;
}

/** A port that a client gets for its answers is nobody's page; these begin there on Linux. */
const firstEphemeral = 32_768;
/** More are noise. */
const mostTold = 12;

/**
 * Looks at the kernel's table every other second. What listens already belongs to the workshop; a port
 * has to be there in two looks, so that a test that opens one for a moment offers nothing.
 */
export const watchPorts = (options: WatchPortsOptions): WatchedPorts => {
  const ports = options.ports ?? listeningPorts;
  let ignored: Set<number> | undefined;
  let before = new Set<number>();
  let isLooking = false;
  let isOver = false;
  const open = new Set<number>();
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    const found = await ports();
    isLooking = false;
    if (isOver) return;
    if (ignored === undefined) ignored = new Set([...options.own, ...found]);
    else compare(found, ignored);
  };
  const compare = (found: readonly number[], ignored: Set<number>): void => {
    const now = new Set(found.filter((port) => port < firstEphemeral));
    // What began with the workshop and ended is the student's when it opens again.
    for (const port of ignored) if (!now.has(port) && !options.own.includes(port)) ignored.delete(port);
    let isChanged = false;
    for (const port of open)
      if (!now.has(port)) {
        open.delete(port);
        options.onClose(port);
        isChanged = true;
      }
    for (const port of now)
      if (before.has(port) && !open.has(port) && !ignored.has(port) && open.size < mostTold) {
        open.add(port);
        options.onOpen(port);
        isChanged = true;
      }
    before = now;
    if (isChanged) options.onChange();
  };
  look();
  const timer = setInterval(look, options.lookEveryMs ?? 2000);
  timer.unref();
  return {
    get open() {
      return [...open].sort((a, b) => a - b);
    },
    [Symbol.dispose]: () => {
      isOver = true;
      clearInterval(timer);
    },
  };
};
