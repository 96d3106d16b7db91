import { setTimeout as sleep } from "node:timers/promises";
import { createAtelierCli, openWorkspace, type TerminalClient, type WorkspaceClient } from "@atelier/testkit";
import { type BenchRow, median } from "./bench-row.ts";
import { writeBenchWorkshop } from "./swap/bench-workshop.ts";

/** Keys typed into the neighbour's shell for one figure: its p99 is then the tenth worst. */
const keys = 1000;

/** What a student can do to everybody else on the machine, within the limits of their container. */
const nuisances = [
  { name: "fork bomb", command: "bomb() { bomb | bomb & }; bomb 2>/dev/null" },
  { name: "log flood", command: "yes flooding the terminal with one long line after the other" },
  // The last one: what it wrote is taken off the disk for seconds after its reset, which would be the next one's figure.
  { name: "10 GB write", command: "dd if=/dev/zero of=$HOME/big bs=1M count=10240 2>/dev/null; rm -f $HOME/big" },
] as const;

/** Echo of a neighbour while somebody misbehaves, beside the same neighbour in peace; and whether their reset works. */
export default async (): Promise<readonly BenchRow[]> => {
  await using cli = await createAtelierCli();
  await writeBenchWorkshop(cli, "swaps", 1);
  const open = async (name: string): Promise<WorkspaceClient> =>
    openWorkspace((await cli.succeed("run", "swaps", "--name", name)).stdout.trim());
  const neighbour = await open("quiet");
  const noisy = await open("noisy");
  const rows: BenchRow[] = [];
  for (const { name, command } of nuisances) {
    using terminal = await neighbour.terminal();
    await terminal.run("true");
    const peace = await echoes(terminal);
    {
      using theirs = await noisy.terminal();
      await theirs.run("true");
      theirs.type(`${command}\n`);
      await sleep(1500);
    }
    const during = await echoes(terminal);
    const before = (await noisy.workspace()).undo?.at;
    const begun = performance.now();
    const { status, text } = await noisy.post("/api/requests", { kind: "reset", step: "s01", confirmed: true });
    if (status >= 400) throw new Error(`reset was refused with ${status}: ${text}`);
    await untilAnswering(noisy, before);
    const reset = performance.now() - begun;
    const ratio = p99(during) / p99(peace);
    rows.push(
      {
        name: `neighbours: echo p99 during a ${name}`,
        unit: "ms",
        ours: p99(during),
        peer: p99(peace),
        ratio,
        goal: "≤ 2x of the same neighbour in peace",
        met: ratio <= 2,
        spread: `p50 ${median(during).toFixed(2)}, in peace ${median(peace).toFixed(2)}, worst ${Math.max(...during).toFixed(1)} and ${Math.max(...peace).toFixed(1)}, n=${keys}`,
      },
      {
        name: `neighbours: reset after a ${name}`,
        unit: "ms",
        ours: reset,
        peer: null,
        ratio: null,
        goal: "it works",
        // One that fails ends the bench.
        met: null,
      },
    );
  }
  return rows;
};

const p99 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? 0;

/** Types one key after the other and waits for each to come back. */
const echoes = async (terminal: TerminalClient): Promise<number[]> => {
  const times: number[] = [];
  for (let n = 0; n < keys; n++) {
    const key = "abcdefghij"[n % 10] ?? "a";
    // Whoever asks again and again keeps a core busy, and measures that.
    const echo = terminal.next();
    const begun = performance.now();
    terminal.type(key);
    await echo;
    times.push(performance.now() - begun);
    // A line that grows for ever would be another measurement.
    if (n % 40 === 39) await terminal.run("\u0015true");
  }
  await terminal.run("\u0015true");
  return times;
};

/**
 * The reset container's shell answers, and nothing of the nuisance is left in it.
 * @param before what undo led back to until then: in the old container a shell may answer as well
 */
const untilAnswering = async (client: WorkspaceClient, before: string | undefined): Promise<void> => {
  const word = `calm${Date.now()}`;
  for (const end = performance.now() + 120_000; ; await sleep(50))
    try {
      const { undo } = await client.workspace();
      if (undo?.reason !== "reset" || undo.at === before) throw new Error("nothing was reset yet");
      using terminal = await client.terminal();
      terminal.type(`test ! -e ~/big && printf '%s%s\\n' is ${word}\n`);
      await terminal.waitFor(new RegExp(`^is${word}`, "m"), 20_000);
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
};
