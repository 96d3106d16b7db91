import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { createAtelierCli, openWorkspace } from "@atelier/testkit";

/** Everything in the engine that carries one state directory's id. */
const owned = (id: string): readonly string[] => {
  const filter = ["--filter", `label=dev.atelier.state=${id}`];
  const list = (args: readonly string[]): readonly string[] =>
    execFileSync("docker", [...args], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line !== "");
  return [
    ...list(["ps", "-a", ...filter, "--format", "container {{.Names}}"]),
    ...list(["volume", "ls", ...filter, "--format", "volume {{.Name}}"]),
    ...list(["network", "ls", ...filter, "--format", "network {{.Name}}"]),
  ];
};

const moments = [30, 90, 150, 210, 270, 330, 390, 450, 550, 700, 900, 1200];
const count = 8;

test(`killing the CLI leaves nothing that list does not show and remove --all does not remove (sample ${count} of ${moments.length} moments)`, async () => {
  await using neighbour = await createAtelierCli();
  await neighbour.succeed("init", "neighbour");
  const url = (await neighbour.succeed("run", "neighbour")).stdout.trim();
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "doomed");
  await atelier.succeed("build", "doomed");
  const { readFileSync } = await import("node:fs");
  const id = readFileSync(`${atelier.stateDirectory}/id`, "utf8").trim();
  for (const moment of moments.filter((_ms, index) => index % 3 !== 2).slice(0, count)) {
    const child = atelier.start("run", "doomed");
    await sleep(moment);
    child.kill("SIGKILL");
    await new Promise((resolve) =>
      child.exitCode === null && child.signalCode === null ? child.once("close", resolve) : resolve(undefined),
    );
    // The engine may still be finishing what it was asked for last.
    await sleep(300);
    const shown = JSON.parse((await atelier.succeed("list", "--json")).stdout) as { name: string }[];
    const hidden = owned(id).filter((thing) => !shown.some(({ name }) => thing.includes(name)));
    assert.deepEqual(hidden, [], `after ${moment} ms`);
    await atelier.succeed("remove", "--all", "--yes");
    assert.deepEqual(owned(id), [], `after ${moment} ms and remove --all`);
  }
  const child = atelier.start("build", "doomed");
  await sleep(250);
  child.kill("SIGKILL");
  await sleep(300);
  await atelier.succeed("build", "doomed");
  assert.deepEqual(owned(id), [], "the next build removes what a killed one left");
  assert.equal((await (await openWorkspace(url)).workspace()).boot.phase, "ready", "the neighbour is untouched");
});
