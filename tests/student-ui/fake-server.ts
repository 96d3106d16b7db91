import { join } from "node:path";
import { startLineProgram } from "@atelier/testkit";

/** The page's pretended server as a process of its own. */
export interface FakeServer {
  readonly url: string;
  /** Cuts every connection and refuses new ones until `false`. */
  setDown(down: boolean): void;
  close(): Promise<void>;
}

const main = join(import.meta.dirname, "../../apps/student-ui/src/testing/fake-server.ts");

export const startFakeServer = async (scenario: string, dist: string): Promise<FakeServer> => {
  const program = startLineProgram([main, "--scenario", scenario, "--dist", dist]);
  return {
    url: await program.readLine(),
    setDown: (down) => program.say(down ? "down" : "up"),
    close: program.close,
  };
};
