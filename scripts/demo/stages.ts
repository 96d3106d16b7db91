/** Counts the demo's stages and says how long each took. */
export interface Stages {
  /** Runs a stage; a failure is printed and ends the demo's check. */
  stage<T>(title: string, run: () => Promise<T>): Promise<T>;
  readonly passed: number;
  readonly failed: number;
}

export const createStages = (print: (line: string) => void): Stages => {
  let passed = 0;
  let failed = 0;
  return {
    stage: async (title, run) => {
      const started = performance.now();
      try {
        const result = await run();
        passed++;
        print(`✓ ${title} (${((performance.now() - started) / 1000).toFixed(2)} s)`);
        return result;
      } catch (error) {
        failed++;
        print(`✗ ${title}: ${error instanceof Error ? error.message : String(error)}`);
        throw error;
      }
    },
    get passed() {
      return passed;
    },
    get failed() {
      return failed;
    },
  };
};
