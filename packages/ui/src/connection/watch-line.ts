import type { ConnectionClock } from "./keep-connected.ts";

/**
 * Milliseconds: how long the other side may be silent before it is asked, and how long its answer may take;
 * the second shorter when something suggests that the line broke: a page that comes to the front, a network
 * that is back, a key that nobody answers.
 */
export const patience = { silence: 20_000, answer: 10_000, doubtfulAnswer: 5000 } as const;

export interface WatchedLine {
  /** Something came in. */
  heard(): void;
  /** Something was sent that is answered as a rule. */
  expected(): void;
  close(): void;
}

export interface WatchLineOptions {
  readonly clock: ConnectionClock;
  /** Sends what the other side answers at once. */
  readonly ask: () => void;
  /** Nobody is there. Told once. */
  readonly onDead: () => void;
}

/**
 * Finds out that nobody is at the other end of a connection that was never closed: after a laptop's sleep, or
 * in another network, a socket stays open and silent for ever. Timers stop while a machine sleeps and are late
 * in a hidden page, so a late one asks once more before it judges.
 */
export const watchLine = ({ clock, ask, onDead }: WatchLineOptions): WatchedLine => {
  let heardAt = clock.now();
  /** Until when the answer to a question has time. */
  let answerUntil: number | undefined;
  let cancel: () => void = () => {};

  const wait = (ms: number): void => {
    cancel();
    const dueAt = clock.now() + ms;
    cancel = clock.after(ms, () => look(clock.now() - dueAt > patience.answer));
  };
  const askNow = (ms: number): void => {
    answerUntil = clock.now() + ms;
    ask();
    wait(ms);
  };
  const look = (isLate: boolean): void => {
    const silent = clock.now() - heardAt;
    if (answerUntil !== undefined) {
      if (isLate) askNow(patience.doubtfulAnswer);
      else onDead();
    } else if (isLate || silent >= patience.silence || silent < 0)
      askNow(isLate ? patience.doubtfulAnswer : patience.answer);
    else wait(patience.silence - silent);
  };
  const doubt = (): void => {
    const soon = clock.now() + patience.doubtfulAnswer;
    // Asked before a sleep, or with more patience: that answer says nothing about now.
    if (answerUntil === undefined || answerUntil > soon || answerUntil < clock.now()) askNow(patience.doubtfulAnswer);
  };

  const forgetWake = clock.onWake(doubt);
  wait(patience.silence);
  return {
    heard: () => {
      heardAt = clock.now();
      if (answerUntil === undefined) return;
      answerUntil = undefined;
      wait(patience.silence);
    },
    expected: () => {
      if (clock.now() - heardAt >= patience.doubtfulAnswer) doubt();
    },
    close: () => {
      cancel();
      forgetWake();
    },
  };
};
