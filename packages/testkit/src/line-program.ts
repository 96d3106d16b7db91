import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

/** A program that is spoken with in lines, as a process of its own. */
export interface LineProgram {
  /** The next line that it prints. */
  readLine(): Promise<string>;
  say(line: string): void;
  /** Ends what it reads, and waits until it has ended. */
  close(): Promise<void>;
}

/** @param argv the program's file, in TypeScript, and its arguments */
export const startLineProgram = (argv: readonly string[]): LineProgram => {
  const child = spawn(process.execPath, argv, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const lines = createInterface(child.stdout);
  return {
    readLine: async () => {
      const [line] = await Promise.race([
        once(lines, "line"),
        exited.then(([code]) => Promise.reject(new Error(`${argv[0]} ended with ${code}`))),
      ]);
      return String(line);
    },
    say: (line) => child.stdin.write(`${line}\n`),
    close: async () => {
      child.stdin.end();
      await exited;
    },
  };
};

/** What a page's pretended server is asked for on its command line. */
export interface PretendedServerOptions<Scenario extends string> {
  readonly scenario: Scenario;
  readonly port: number;
  readonly dist?: string;
}

/**
 * The other end: a pretended server as a program. It prints its address, hands on every line that it reads
 * and ends when there are no more, unless somebody sits at a terminal.
 */
export const servePretended = async <
  Scenario extends string,
  Server extends { readonly url: string; close(): Promise<void> },
>(
  scenarios: readonly Scenario[],
  start: (options: PretendedServerOptions<Scenario>) => Promise<Server>,
  onLine: (server: Server, line: string) => void,
): Promise<void> => {
  const { values } = parseArgs({
    options: { scenario: { type: "string" }, port: { type: "string", default: "0" }, dist: { type: "string" } },
  });
  const wanted = values.scenario ?? scenarios[0];
  const scenario = scenarios.find((name) => name === wanted);
  if (scenario === undefined) throw new Error(`--scenario is one of ${scenarios.join(", ")}`);
  const { dist } = values;
  const server = await start({ scenario, port: Number(values.port), ...(dist === undefined ? {} : { dist }) });
  process.stdout.write(`${server.url}\n`);
  for await (const line of createInterface(process.stdin)) onLine(server, line);
  if (!process.stdin.isTTY) await server.close();
};
