import { createSessionStore, type SessionSource, type SessionState, type SessionStore } from "@atelier/ui/observation";
import { useEffect, useState, useSyncExternalStore } from "react";

/** Follows a source for as long as the page shows it. */
export const useSession = (source: SessionSource): { readonly store: SessionStore; readonly state: SessionState } => {
  const [store] = useState(() =>
    createSessionStore(source, { now: () => Date.now(), soon: (task) => setTimeout(task, 16) }),
  );
  return { store, state: useSyncExternalStore(store.subscribe, store.read) };
};

/** The time, now and then: ages need no seconds. */
export const useNow = (everyMs: number): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
};
