import { type FSWatcher, watch } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface WakeUpOptions {
  readonly mode: "watch" | "poll";
  readonly pollMs: number;
  /** Least time between two looks: a busy file costs a read for each of these, not for each line. */
  readonly gatherMs: number;
  readonly signal: AbortSignal | undefined;
}

/** How long a watch is trusted without a look: its queue may run over, and some file systems tell nothing. */
const trustMs = 1000;

/** Says when it is worth looking at a file again. */
export class WakeUp implements Disposable {
  readonly #options: WakeUpOptions;
  #path: string;
  #names: ReadonlySet<string> = new Set();
  #isReachable = true;
  #watcher: FSWatcher | undefined;
  #watched = "";
  #isDue = true;
  #ring: (() => void) | undefined;
  #lookedAt = 0;

  constructor(path: string, options: WakeUpOptions) {
    this.#path = resolve(path);
    this.#options = options;
  }

  /** Follows another path from now on. */
  moveTo(path: string): void {
    this.#path = resolve(path);
    this.#isDue = true;
  }

  /** Resolves when there may be something new, and when the signal aborts. */
  async next(): Promise<void> {
    const { signal, gatherMs, pollMs } = this.#options;
    await this.#aim();
    const isWatching = this.#watcher !== undefined && this.#isReachable;
    if (!this.#isDue && !signal?.aborted) await this.#rest(isWatching ? trustMs : pollMs);
    const since = performance.now() - this.#lookedAt;
    // Whatever comes meanwhile is part of the same look.
    if (since < gatherMs && !signal?.aborted) await sleep(gatherMs - since, undefined, { signal }).catch(() => {});
    this.#isDue = false;
    this.#lookedAt = performance.now();
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  /** Watches the folder: a watch on the file itself does not outlive the file. */
  async #aim(): Promise<void> {
    if (this.#options.mode === "poll") return;
    const folder = dirname(this.#path);
    const real = await realpath(this.#path).catch(() => this.#path);
    this.#names = new Set([basename(this.#path), basename(real)]);
    this.#isReachable = dirname(real) === (await realpath(folder).catch(() => folder));
    const found = await stat(folder).then(
      ({ dev, ino }) => `${folder} ${dev}:${ino}`,
      () => "",
    );
    if (found === this.#watched && this.#watcher !== undefined) return;
    this.#stop();
    if (found === "") return;
    try {
      this.#watcher = watch(folder, (_event, name) => {
        if (name === null || this.#names.has(name)) this.#wake();
      });
      this.#watcher.once("error", () => this.#stop());
      this.#watched = found;
      // Something may have been written before the watch was there.
      this.#isDue = true;
    } catch {
      // No watch to be had (too many, or a file system without): polling does it.
    }
  }

  #rest(ms: number): Promise<void> {
    const { signal } = this.#options;
    return new Promise((resolveRest) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        this.#ring = undefined;
        resolveRest();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done, { once: true });
      this.#ring = done;
    });
  }

  #wake(): void {
    this.#isDue = true;
    this.#ring?.();
  }

  #stop(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#watched = "";
  }
}
