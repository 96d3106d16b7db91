import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AtelierCli } from "@atelier/testkit";

export const swapSteps = ["one", "two", "three"] as const;

/** A workshop whose steps each leave a file of their own in the home; `broken` makes one's `onStart` fail. */
export const writeSwapWorkshop = async (atelier: AtelierCli, { broken }: { broken?: string } = {}): Promise<void> => {
  await atelier.succeed("init", "swaps");
  const made = await readFile(join(atelier.folder, "swaps/workshop.yaml"), "utf8");
  const base = /^base:.*\n(?: .*\n)*/m.exec(made)?.[0] ?? "";
  const files: Record<string, string> = {
    "swaps/.atelierignore": "steps/first-file\nsteps/greet\n",
    "swaps/workshop.yaml": `version: v1
workshop:
  name: swaps
  version: 1.0.0
  title: Swaps
  navigation: free
${base}steps: [${swapSteps.join(", ")}]
`,
  };
  for (const id of swapSteps) {
    files[`swaps/steps/${id}/step.yaml`] = `title: ${id}
commands:
  - run: echo ${id} > ~/made-by-${id}
    user: student
${id === broken ? "onStart:\n  - run: echo it cannot start; exit 3\n" : ""}`;
    files[`swaps/steps/${id}/content.md`] = `# ${id}\n`;
  }
  await atelier.write(files);
};

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8" }).trim();

/** Ids of the workspace's containers that are the student's, running or not. */
export const containersOf = (atelier: AtelierCli): readonly string[] => idsOf(atelier, "claimed");

/** Ids of those that wait for the next move, and are nobody's yet. */
export const waitingOf = (atelier: AtelierCli): readonly string[] => idsOf(atelier, "waits");

/** Ids of those on their way: in the middle of a move, or left by one that was cut off. */
export const halfMadeOf = (atelier: AtelierCli): readonly string[] => idsOf(atelier, "half-made");

const idsOf = (atelier: AtelierCli, what: "claimed" | "waits" | "half-made"): readonly string[] => {
  const state = readFileSync(join(atelier.stateDirectory, "id"), "utf8").trim();
  const lines = docker(
    "ps",
    "-a",
    "--format",
    '{{.ID}} {{.Names}} {{.Label "dev.atelier.waits"}}',
    "--filter",
    `label=dev.atelier.state=${state}`,
    "--filter",
    "label=dev.atelier.role=workspace",
  ).split("\n");
  return lines.flatMap((line) => {
    const [id, name = "", waits] = line.split(" ");
    const kind = !/\.\d+$/.test(name) ? "claimed" : waits ? "waits" : "half-made";
    return id !== undefined && id !== "" && kind === what ? [id] : [];
  });
};

export const killSupervisor = async (atelier: AtelierCli): Promise<void> => {
  const text = await readFile(join(atelier.stateDirectory, "supervisor.json"), "utf8");
  process.kill((JSON.parse(text) as { pid: number }).pid, "SIGKILL");
};

export interface LoggedEvent {
  readonly seq: number;
  readonly type: string;
  readonly id?: string;
  readonly outcome?: string;
}

/** The workspace's `state-events.jsonl`, from the volume. */
export const eventsOf = async (atelier: AtelierCli): Promise<readonly LoggedEvent[]> => {
  await atelier.succeed("cp", "swaps:/workshop/runtime/state-events.jsonl", "events.jsonl");
  return parseEvents(await readFile(join(atelier.folder, "events.jsonl"), "utf8"));
};

/** Every line is an event; one that is torn or broken fails the test. */
export const parseEvents = (text: string): readonly LoggedEvent[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LoggedEvent);
