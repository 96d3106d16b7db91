/** Runs one piece of work after the other, in the order they came. A failed one stops none behind it. */
export interface Queue {
  readonly isBusy: boolean;
  run<T>(work: () => Promise<T>): Promise<T>;
  /** When everything that was asked for so far is done. */
  idle(): Promise<void>;
}

export const createQueue = (): Queue => {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    get isBusy() {
      return waiting > 0;
    },
    run: (work) => {
      waiting++;
      const own = last.then(work).finally(() => {
        waiting--;
      });
      last = own.catch(() => undefined);
      return own;
    },
    idle: async () => {
      await last;
    },
  };
};
