import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The instructor page's pretended server as a process of its own. */
export interface FakeServer {
  readonly url: string;
  setDown(down: boolean): void;
  send(event: unknown): void;
  /** What watchers sent and should not have. */
  intrusions(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const main = join(import.meta.dirname, "../../apps/instructor-ui/src/testing/fake-server.ts");

export const startFakeServer = async (scenario: string, dist: string): Promise<FakeServer> => {
  const child = spawn(process.execPath, [main, "--scenario", scenario, "--dist", dist], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const lines = createInterface(child.stdout);
  const next = async (): Promise<string> => {
    const [line] = await Promise.race([
      once(lines, "line"),
      exited.then(([code]) => Promise.reject(new Error(`the pretended server ended with ${code}`))),
    ]);
    return String(line);
  };
  return {
    url: await next(),
    setDown: (down) => child.stdin.write(down ? "down\n" : "up\n"),
    send: (event) => child.stdin.write(`${JSON.stringify(event)}\n`),
    intrusions: async () => {
      child.stdin.write("intrusions\n");
      return JSON.parse(await next()) as readonly string[];
    },
    close: async () => {
      child.stdin.end();
      await exited;
    },
  };
};
