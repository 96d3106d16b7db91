import type { Presence } from "@atelier/contract";

export type PresentRole = "student" | "instructor";

/** Who has a page of this workspace open. */
export interface PresenceList {
  /** Somebody came; the answer says that they went. */
  enter(role: PresentRole): () => void;
  read(): Presence;
  subscribe(listener: () => void): () => void;
}

export const createPresenceList = (): PresenceList => {
  const present = { student: 0, instructor: 0 };
  const listeners = new Set<() => void>();
  const change = (role: PresentRole, by: 1 | -1): void => {
    present[role] += by;
    for (const listener of listeners) listener();
  };
  return {
    enter: (role) => {
      change(role, 1);
      let isHere = true;
      return () => {
        if (!isHere) return;
        isHere = false;
        change(role, -1);
      };
    },
    read: () => ({ students: present.student, instructors: present.instructor }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

/** A page that is loaded again is gone for a moment; nobody should see that. */
const graceMs = 2000;

/** How many instructors look on, as the student is told: who comes at once, who goes a moment later. */
export const watcherCount = (presence: PresenceList, onChange: () => void): (() => number) => {
  let shown = presence.read().instructors;
  let leaving: NodeJS.Timeout | undefined;
  const show = (): void => {
    clearTimeout(leaving);
    leaving = undefined;
    const { instructors } = presence.read();
    if (instructors === shown) return;
    shown = instructors;
    onChange();
  };
  presence.subscribe(() => {
    if (presence.read().instructors > shown) show();
    else leaving ??= setTimeout(show, graceMs).unref();
  });
  return () => shown;
};
