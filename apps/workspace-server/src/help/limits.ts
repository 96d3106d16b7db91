export interface LimitsOptions {
  readonly perMinute: number;
  /** US dollars; absent: no cap. */
  readonly spend?: number;
  /** US dollars a million tokens. */
  readonly price: { readonly input: number; readonly output: number };
  readonly now: () => Date;
}

/**
 * Price of a model whose price nobody said, in US dollars a million tokens: that of a dear one, so that a
 * cap holds also then.
 */
export const dearPrice = { input: 15, output: 75 } as const;

const minuteMs = 60_000;
/** Fewer tokens than this make no answer. */
const leastTokens = 128;
const million = 1_000_000;

/** How often and for how much may be asked. Filled from the history, so that a restart resets nothing. */
export interface HelpLimits {
  readonly spent: number;
  /** Questions left in this minute, and seconds until there is one. */
  rate(): { readonly left: number; readonly retryAfterSeconds: number };
  /** Most tokens an answer may have so that the cap holds; 0: not even a short one. */
  affordable(inputTokens: number, wanted: number): number;
  costOf(input: number, output: number): number;
  /** A question was asked at a time (epoch milliseconds). */
  asked(at: number): void;
  paid(dollars: number): void;
}

export const createHelpLimits = ({ perMinute, spend, price, now }: LimitsOptions): HelpLimits => {
  let times: number[] = [];
  let spent = 0;
  const costOf = (input: number, output: number): number => (input * price.input + output * price.output) / million;
  return {
    get spent() {
      return spent;
    },
    rate: () => {
      const time = now().getTime();
      // A clock that was set back must not lock anybody out.
      times = times.filter((at) => at > time - minuteMs && at <= time);
      const oldest = times[times.length - perMinute];
      return oldest === undefined
        ? { left: perMinute - times.length, retryAfterSeconds: 0 }
        : { left: 0, retryAfterSeconds: Math.max(1, Math.ceil((oldest + minuteMs - time) / 1000)) };
    },
    affordable: (inputTokens, wanted) => {
      if (spend === undefined) return wanted;
      const left = spend - spent - costOf(inputTokens, 0);
      const tokens = price.output === 0 ? (left >= 0 ? wanted : 0) : Math.floor((left * million) / price.output);
      return tokens < Math.min(leastTokens, wanted) ? 0 : Math.min(tokens, wanted);
    },
    costOf,
    asked: (at) => times.push(at),
    paid: (dollars) => {
      spent += dollars;
    },
  };
};

/** A high guess of a text's tokens: English has about four bytes in one, most other text fewer. */
export const guessTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / 3);
