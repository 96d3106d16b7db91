/** How a long-lived connection of the page (event stream, terminal) stands. Times are epoch milliseconds. */
export type Connection =
  | { readonly phase: "connecting"; readonly attempt: number }
  | { readonly phase: "live"; readonly since: number; readonly attempt: number }
  | { readonly phase: "waiting"; readonly attempt: number; readonly retryAt: number }
  /** The server answered that we may not: trying again cannot help. */
  | { readonly phase: "refused" }
  | { readonly phase: "closed" };

export type ConnectionEvent =
  | { readonly type: "opened"; readonly now: number }
  | { readonly type: "lost"; readonly now: number; readonly random: number }
  /** The wait is over, or something suggests that the network is back. */
  | { readonly type: "retry" }
  | { readonly type: "refused" }
  | { readonly type: "closed" };

export const backOff = { firstMs: 500, lastMs: 15_000, steadyMs: 5_000 } as const;

export const notConnected: Connection = { phase: "connecting", attempt: 0 };

/**
 * Milliseconds to wait before try `attempt` (0-based): doubling from 0.5 s to 15 s, ±20 % so that a
 * class does not come back in one instant. `random` is in [0, 1).
 */
export const retryDelay = (attempt: number, random: number): number => {
  const steady = Math.min(backOff.lastMs, backOff.firstMs * 2 ** Math.min(attempt, 16));
  return Math.round(Math.min(backOff.lastMs, Math.max(backOff.firstMs, steady * (0.8 + 0.4 * random))));
};

const attemptsSoFar = (state: Connection): number => ("attempt" in state ? state.attempt : 0);

/** The one transition function; events that make no sense in a state change nothing. */
export const nextConnection = (state: Connection, event: ConnectionEvent): Connection => {
  if (state.phase === "closed" || (state.phase === "refused" && event.type !== "closed" && event.type !== "retry"))
    return state;
  switch (event.type) {
    case "opened":
      return { phase: "live", since: event.now, attempt: attemptsSoFar(state) };
    case "lost": {
      if (state.phase === "waiting") return state;
      // A connection that lasts only a moment must not reset the back-off, or a flapping server is hammered.
      const wasSteady = state.phase === "live" && event.now - state.since >= backOff.steadyMs;
      const attempt = wasSteady ? 0 : attemptsSoFar(state);
      return { phase: "waiting", attempt: attempt + 1, retryAt: event.now + retryDelay(attempt, event.random) };
    }
    case "retry":
      return state.phase === "waiting" || state.phase === "refused"
        ? { phase: "connecting", attempt: attemptsSoFar(state) }
        : state;
    case "refused":
      return { phase: "refused" };
    case "closed":
      return { phase: "closed" };
  }
};
