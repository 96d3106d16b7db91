import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { StudentSession } from "./student-session.ts";
import type { StudentState } from "./student-state.ts";

export const StudentContext = createContext<StudentSession | undefined>(undefined);

export const useSession = (): StudentSession => {
  const session = useContext(StudentContext);
  if (session === undefined) throw new Error("the page is not inside a StudentContext");
  return session;
};

export const useStudent = (): StudentState => {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, session.snapshot);
};

/** The present time, once a second while `active`: for countdowns. Epoch milliseconds. */
export const useNow = (active: boolean): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!active) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [active]);
  return now;
};

/** Whole seconds until `at`, at least 1 while it lies ahead: nobody wants to read "in 0 s". */
export const secondsUntil = (at: number, now: number): number => Math.max(1, Math.ceil((at - now) / 1000));
