import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Less leaves nothing behind that the next collection would not find by itself. */
const floodBytes = 8 * 1024 * 1024;
/** Nobody is typing or reading meanwhile: it takes some 50 ms. */
const silenceMs = 1500;

/**
 * Tells when all terminals have been silent for a while after a flood. V8 collects when something is
 * allocated: an idle server would keep a flood's garbage, 10 to 20 MiB, until somebody floods it again.
 */
export class AfterFlood {
  readonly #onSilence: () => void;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
  }

  output(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < floodBytes) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), silenceMs).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#bytes = 0;
  }

  #end(): void {
    this.stop();
    this.#onSilence();
  }
}

/**
 * V8's collector, asked for when it is needed: exposed from the start (`--expose-gc`) it would cost each start
 * 30 ms, for the compiled code that Node brings fits its own flags alone.
 */
export const collectGarbage = (): void => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as (options: { readonly type: "major"; readonly flavor: "last-resort" }) => void;
  setFlagsFromString("--no-expose-gc");
  // The one that gives memory back; another only makes room in what V8 has.
  gc({ type: "major", flavor: "last-resort" });
};
