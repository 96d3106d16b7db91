import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { type AtelierCli, createAtelierCli, openWorkspace } from "@atelier/testkit";

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8" }).trim();

/** In microseconds of every 100 ms; 0 or less is no limit. */
const quotaOf = (atelier: AtelierCli, workspace: string): number => {
  const state = readFileSync(join(atelier.stateDirectory, "id"), "utf8").trim();
  // The one that waits for the next step is younger than the student's own.
  const id = docker(
    "ps",
    "-q",
    "--filter",
    `label=dev.atelier.state=${state}`,
    "--filter",
    `label=dev.atelier.workspace=${workspace}`,
    "--filter",
    "label=dev.atelier.role=workspace",
  )
    .split("\n")
    .at(-1);
  return Number(docker("inspect", "-f", "{{.HostConfig.CpuQuota}}", id ?? ""));
};

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (const end = performance.now() + 30_000; !(await isSo()); await sleep(100))
    assert.ok(performance.now() < end, `not within 30 s: ${String(isSo)}`);
};

test("whoever writes as fast as they can is slowed down for their neighbours, where the kernel does not see to it", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "many");
  const client = await openWorkspace((await atelier.succeed("run", "many", "--name", "writes")).stdout.trim());
  await atelier.succeed("run", "many", "--name", "other");
  using terminal = await client.terminal();
  await terminal.run("true", 20_000);
  const noticed = async (): Promise<readonly string[]> => (await client.workspace()).notices.map(({ code }) => code);
  terminal.type("while :; do dd if=/dev/zero of=$HOME/big bs=1M count=3072 2>/dev/null; done\n");

  if (docker("info", "-f", "{{.CgroupVersion}}") !== "1") {
    await sleep(5000);
    assert.ok(quotaOf(atelier, "writes") <= 0);
    assert.deepEqual(await noticed(), []);
    return;
  }
  await until(() => quotaOf(atelier, "writes") === 10_000);
  await until(async () => (await noticed()).includes("slowed-down"));
  assert.ok(quotaOf(atelier, "other") <= 0);
  terminal.type("\u0003");
  await until(() => quotaOf(atelier, "writes") === -1);
  assert.match(await terminal.run("rm ~/big; echo still $((40 + 2))", 20_000), /still 42/);
  await until(async () => !(await noticed()).includes("slowed-down"));
});
