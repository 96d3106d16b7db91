import type { ConnectionClock } from "./keep-connected.ts";

/**
 * Tells once that a stream which says something regularly has said nothing for so long: its other end is gone,
 * though nobody closed it. Timers stop while a machine sleeps, so it also looks when the page wakes up.
 */
export const watchSilence = (
  clock: ConnectionClock,
  { limitMs, onDead }: { readonly limitMs: number; readonly onDead: () => void },
): { readonly heard: () => void; readonly close: () => void } => {
  let heardAt = clock.now();
  let cancel: () => void;
  const close = (): void => {
    cancel();
    forgetWake();
  };
  const wait = (ms: number): void => {
    cancel = clock.after(ms, look);
  };
  const look = (): void => {
    cancel();
    const silent = clock.now() - heardAt;
    if (silent < limitMs) wait(Math.min(limitMs, limitMs - silent));
    else {
      close();
      onDead();
    }
  };
  const forgetWake = clock.onWake(look);
  cancel = clock.after(limitMs, look);
  return {
    heard: () => {
      heardAt = clock.now();
    },
    close,
  };
};
