import { CommanderError } from "commander";
import { type Context, createContext } from "./context.ts";
import { createProgram } from "./program.ts";
import { exitCodes } from "./exit-codes.ts";
import { createReporter } from "./reporter/reporter.ts";
import { version } from "./version.ts";

/** Composition root of the CLI: the only place that reads argv, the environment and the clock. */
const interrupt = new AbortController();
let interrupts = 0;
process.on("SIGINT", () => {
  // The second one does not wait for the clean-up.
  if (++interrupts > 1) process.exit(exitCodes.interrupted);
  interrupt.abort(new Error("interrupted"));
});
process.on("SIGTERM", () => interrupt.abort(new Error("interrupted")));
// `atelier list | head -1` is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? exitCodes.ok : exitCodes.failed),
);

let context: Context | undefined;
const program = createProgram(
  (options) =>
    (context ??= createContext({
      env: process.env,
      cwd: process.cwd(),
      signal: interrupt.signal,
      version,
      reporter: createReporter({
        stdout: process.stdout,
        stderr: process.stderr,
        stdinIsTty: process.stdin.isTTY === true,
        env: process.env,
        isQuiet: options.quiet === true,
        noColor: options.color === false,
        noInput: options.input === false,
      }),
    })),
  (exitCode) => {
    process.exitCode = exitCode;
  },
);

try {
  // A bare `atelier` is a question, and help is the answer.
  if (process.argv.length === 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 || error.code === "commander.help" ? exitCodes.ok : exitCodes.invalid;
  else {
    context?.reporter.progressDone();
    const { renderError } = await import("./render-error.ts");
    const { text, exitCode } = renderError(error, context?.reporter.paint);
    process.stderr.write(`${text}\n`);
    process.exitCode = exitCode;
  }
}
// Kept-alive connections to the engine must not keep the process.
process.exit();
