import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createAtelierCli, openWorkspace } from "@atelier/testkit";
import { containersOf, writeSwapWorkshop } from "./swap-workshop.ts";

test("a container that is killed and removed costs at most 30 seconds of changes, of a silent program's, too", async () => {
  await using atelier = await createAtelierCli();
  await writeSwapWorkshop(atelier);
  const url = (await atelier.succeed("run", "swaps", "--step", "two")).stdout.trim();
  {
    using terminal = await (await openWorkspace(url)).terminal();
    // Says nothing after the prompt, and goes on when nobody looks.
    await terminal.run("(while :; do date +%s > ~/last; sleep 1; done) < /dev/null > /dev/null 2>&1 &", 20_000);
  }
  await sleep(70_000);
  const killedAt = Date.now() / 1000;
  execFileSync("docker", ["kill", "--signal", "KILL", ...containersOf(atelier)]);
  execFileSync("docker", ["rm", "-f", ...containersOf(atelier)]);
  await atelier.succeed("start", "swaps");
  using terminal = await (await openWorkspace(url)).terminal();
  const [, last = "0"] = /^(\d{10})/m.exec(await terminal.run("cat ~/last", 20_000)) ?? [];
  const lost = killedAt - Number(last);
  assert.ok(lost <= 30, `${lost.toFixed(1)} s were lost`);
});
