import { createContext, useContext, useEffect, useId } from "react";
import type { Action } from "./actions.ts";

/** What the parts of the page that are there offer to the palette, beside what the palette knows itself. */
export interface Offers {
  /** Every action once, also where two buttons do it. The same list until something is offered anew. */
  all(): readonly Action[];
  put(owner: string, actions: readonly Action[]): void;
  remove(owner: string): void;
  subscribe(listener: () => void): () => void;
}

export const createOffers = (): Offers => {
  const byOwner = new Map<string, readonly Action[]>();
  const listeners = new Set<() => void>();
  let all: readonly Action[] = [];
  const changed = (): void => {
    all = [...new Map([...byOwner.values()].flat().map((action) => [action.id, action])).values()];
    for (const listener of listeners) listener();
  };
  return {
    all: () => all,
    put: (owner, actions) => {
      if (actions.length === 0 && !byOwner.has(owner)) return;
      byOwner.set(owner, actions);
      changed();
    },
    remove: (owner) => {
      if (byOwner.delete(owner)) changed();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

export const OffersContext = createContext<Offers>(createOffers());

/**
 * Puts what a part's buttons do into the palette for as long as the part is there: whoever draws the button
 * says what it does, so that both do the same and neither is there without the other.
 */
export const useOffers = (actions: readonly Action[]): void => {
  const offers = useContext(OffersContext);
  const owner = useId();
  // After every rendering: what an action does may close over what has just changed.
  useEffect(() => offers.put(owner, actions));
  useEffect(() => () => offers.remove(owner), [offers, owner]);
};
