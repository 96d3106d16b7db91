import { join } from "node:path";
import { startLineProgram } from "@atelier/testkit";

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
  const program = startLineProgram([main, "--scenario", scenario, "--dist", dist]);
  return {
    url: await program.readLine(),
    setDown: (down) => program.say(down ? "down" : "up"),
    send: (event) => program.say(JSON.stringify(event)),
    intrusions: async () => {
      program.say("intrusions");
      return JSON.parse(await program.readLine()) as readonly string[];
    },
    close: program.close,
  };
};
