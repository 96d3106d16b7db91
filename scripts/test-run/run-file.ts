import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../gate/root.ts";
import type { FileOutcome, TestOutcome } from "./test-outcome.ts";

const reporter = fileURLToPath(new URL("./event-reporter.ts", import.meta.url));

/** How a process ended. */
interface Ending {
  readonly code: number | null;
  readonly isTimedOut: boolean;
  readonly output: string;
}

/**
 * Runs one file of tests in a process of its own and never rejects. Past the deadline the whole process
 * group is killed, so that a hanging test leaves nothing behind that it started itself.
 */
export const runFile = async (file: string, timeoutMs: number): Promise<FileOutcome> => {
  const started = performance.now();
  const folder = await mkdtemp(join(tmpdir(), "atelier-tests-"));
  try {
    const events = join(folder, "events.jsonl");
    const ending = await runProcess(file, events, timeoutMs);
    const tests = parseOutcomes(await readFile(events, "utf8").catch(() => ""));
    const fault = faultOf(ending, tests, timeoutMs);
    const ms = performance.now() - started;
    return { file, tests, output: ending.output, ms, ...(fault === undefined ? {} : { fault }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const runProcess = (file: string, events: string, timeoutMs: number): Promise<Ending> =>
  new Promise((resolve) => {
    // A test process that is started by a test process would speak another protocol on stdout.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(
      process.execPath,
      [`--test-reporter=${reporter}`, `--test-reporter-destination=${events}`, file],
      {
        cwd: root,
        env,
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      },
    );
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    let isTimedOut = false;
    const deadline = setTimeout(() => {
      isTimedOut = true;
      killGroup(child.pid);
    }, timeoutMs);
    const interrupted = (): void => {
      killGroup(child.pid);
      process.exit(130);
    };
    process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
    const end = (code: number | null, more = ""): void => {
      clearTimeout(deadline);
      process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
      // What the tests left running holds the pipes; the file's own end is what counts.
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ code, isTimedOut, output: Buffer.concat(chunks).toString() + more });
    };
    child.once("error", (error) => end(null, error.message));
    child.once("exit", (code) => setTimeout(end, 50, code));
  });

const killGroup = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // The group ended by itself in the meantime.
  }
};

const parseOutcomes = (text: string): readonly TestOutcome[] =>
  text
    .split("\n")
    // A killed process may leave a torn last line.
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line) as TestOutcome);

const faultOf = (
  { code, isTimedOut }: Ending,
  tests: readonly TestOutcome[],
  timeoutMs: number,
): string | undefined => {
  if (isTimedOut)
    return `did not end within ${timeoutMs / 1000} s; a test hangs, or a timer, socket or process was left open`;
  if (tests.length === 0) return "holds no test that ran";
  const hasFailed = tests.some(({ status }) => status === "failed");
  return code !== 0 && !hasFailed ? `ended with exit code ${code} though no test failed` : undefined;
};
