import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { root } from "./root.ts";

/** How a subprocess ended, with everything it said (both streams in the order of arrival). */
export interface ToolResult {
  readonly isOk: boolean;
  readonly output: string;
}

/**
 * Runs a program of the repository's own dependencies (or of PATH) in the repository's root, without a
 * shell. Never rejects: a program that cannot be started is a failed one.
 */
export const runTool = (program: string, args: readonly string[]): Promise<ToolResult> =>
  new Promise((resolve) => {
    const path = `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH ?? ""}`;
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, PATH: path, FORCE_COLOR: "0", NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    const end = (isOk: boolean, more = ""): void => resolve({ isOk, output: Buffer.concat(chunks).toString() + more });
    child.once("error", (error) => end(false, `${program}: ${error.message}\n`));
    child.once("close", (code) => end(code === 0));
  });
