import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The page's pretended server as a process of its own. */
export interface FakeServer {
  readonly url: string;
  /** Cuts every connection and refuses new ones until `false`. */
  setDown(down: boolean): void;
  close(): Promise<void>;
}

const main = join(import.meta.dirname, "../../apps/student-ui/src/testing/fake-server.ts");

export const startFakeServer = async (scenario: string, dist: string): Promise<FakeServer> => {
  const child = spawn(process.execPath, [main, "--scenario", scenario, "--port", "0", "--dist", dist], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const [url] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    exited.then(([code]) => Promise.reject(new Error(`the pretended server ended with ${code}`))),
  ]);
  return {
    url: String(url),
    setDown: (down) => child.stdin.write(down ? "down\n" : "up\n"),
    close: async () => {
      child.stdin.end();
      await exited;
    },
  };
};
