import { studentApi } from "@atelier/contract";

/** What is under way before the page itself has been read. */
export interface Opening {
  /** As `fetch`, but who first asks for what is on its way already gets that answer. */
  readonly fetch: typeof fetch;
  /** A socket to that address that has been opened ahead; the caller owns it from then on. */
  takeSocket(address: string): WebSocket | undefined;
}

export interface OpeningParts {
  readonly fetch: typeof fetch;
  readonly newSocket: (address: string) => WebSocket;
  /** Of the page. */
  readonly location: string;
  readonly after: (ms: number, task: () => void) => void;
}

const asked = [studentApi.workspace, studentApi.terminals] as const;
/** A page that has not taken its socket by then shows no terminal. */
const unwantedMs = 30_000;

const firstName = (terminals: unknown): string | undefined => {
  const first: unknown = Array.isArray(terminals) ? terminals[0] : undefined;
  const name: unknown = typeof first === "object" && first !== null && "name" in first ? first.name : undefined;
  return typeof name === "string" && /^[a-z0-9-]+$/.test(name) ? name : undefined;
};

export const terminalAddress = (name: string, location: string): string =>
  new URL(studentApi.terminal.replace(":name", encodeURIComponent(name)), location.replace(/^http/, "ws")).href;

/**
 * Asks what the page asks first and dials its first terminal, while the rest of the script is still read:
 * each is a round trip that the page would begin a quarter of a second later. It must stay small, and
 * needs nothing of the rest.
 */
export const startOpening = ({ fetch, newSocket, location, after }: OpeningParts): Opening => {
  const answers = new Map<string, Promise<Response>>(
    // As the page asks: only then does the browser take what the document had it preload.
    asked.map((path) => [
      path,
      fetch(path, {
        credentials: "same-origin",
        cache: "no-store",
        headers: { accept: "application/json" },
        signal: AbortSignal.timeout(15_000),
      }),
    ]),
  );
  const sockets = new Map<string, WebSocket>();
  const dial = async (): Promise<void> => {
    const answer = await answers.get(studentApi.terminals);
    const name = answer?.ok === true ? firstName(await answer.clone().json()) : undefined;
    if (name === undefined) return;
    const address = terminalAddress(name, location);
    const socket = newSocket(address);
    sockets.set(address, socket);
    after(unwantedMs, () => {
      if (sockets.delete(address)) socket.close();
    });
  };
  // Whoever takes an answer hears of its failure; without one there is no socket, and the page dials its own.
  for (const answer of answers.values()) answer.catch(() => {});
  dial().catch(() => {});
  return {
    fetch: (input, init) => {
      const path = String(input);
      const answer = (init?.method ?? "GET") === "GET" ? answers.get(path) : undefined;
      if (answer === undefined) return fetch(input, init);
      answers.delete(path);
      return answer;
    },
    takeSocket: (address) => {
      const socket = sockets.get(address);
      sockets.delete(address);
      return socket;
    },
  };
};
