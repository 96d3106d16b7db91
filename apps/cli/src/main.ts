import { enableCompileCache } from "node:module";
import { compiledFolder } from "./compiled-folder.ts";
import type { Context } from "./context.ts";

// Composition root of the CLI: the only place that reads argv, the environment and the clock.

// Compiling what we are made of is half of a short command. Node checks each entry against its source, keeps one
// folder per version and user, and goes on without where it may not write. Before every import but the place's,
// hence those below.
enableCompileCache(process.env.NODE_COMPILE_CACHE || compiledFolder(process.env));
const [{ CommanderError }, { createContext }, { createProgram }, { exitCodes }, { createReporter }, { version }] =
  await Promise.all([
    import("commander"),
    import("./context.ts"),
    import("./program.ts"),
    import("./exit-codes.ts"),
    import("./reporter/reporter.ts"),
    import("./version.ts"),
  ]);

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
