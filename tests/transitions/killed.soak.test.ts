import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createAtelierCli, openWorkspace } from "@atelier/testkit";
import { reboot } from "./reboot.ts";
import { containersOf, writeSwapWorkshop } from "./swap-workshop.ts";

test("a machine that dies, and a container that is killed and removed, cost at most 30 seconds of changes, of a silent program's, too", async () => {
  await using atelier = await createAtelierCli();
  await writeSwapWorkshop(atelier);
  const url = (await atelier.succeed("run", "swaps", "--step", "two")).stdout.trim();
  const ends = {
    // The layer is still there: what had reached the disk is in it.
    "the machine died": () => reboot(atelier),
    "the container was killed and removed": async () => {
      const all = containersOf(atelier);
      execFileSync("docker", ["kill", "--signal", "KILL", ...all]);
      execFileSync("docker", ["rm", "-f", ...all]);
    },
  };
  for (const [how, end] of Object.entries(ends)) {
    {
      using terminal = await (await openWorkspace(url)).terminal();
      // Says nothing after the prompt, and goes on when nobody looks.
      await terminal.run("(while :; do date +%s > ~/last; sleep 1; done) < /dev/null > /dev/null 2>&1 &", 20_000);
    }
    await sleep(70_000);
    const killedAt = Date.now() / 1000;
    await end();
    assert.equal((await atelier.succeed("start", "swaps")).stdout.trim(), url);
    using terminal = await (await openWorkspace(url)).terminal();
    // The last one: the screen from before, which is above, may show an earlier one.
    const last = (await terminal.run("cat ~/last", 20_000)).match(/^\d{10}/gm)?.at(-1) ?? "0";
    const lost = killedAt - Number(last);
    assert.ok(lost <= 30, `${how}: ${lost.toFixed(1)} s were lost`);
  }
});
