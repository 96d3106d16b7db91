/** Less leaves nothing behind that the next collection would not find by itself. */
const floodBytes = 8 * 1024 * 1024;
/** Nobody is typing or reading meanwhile: a collection takes 10 to 40 ms. */
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

/** The image's entry point exposes it; on a developer's own Node there may be none. */
export const collectGarbage = (): void => {
  const { gc } = globalThis as { readonly gc?: (options: { readonly type: "major" }) => unknown };
  gc?.({ type: "major" });
};
