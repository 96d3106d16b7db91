import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { checkpointViewSchema, filesApi, studentApi } from "@atelier/contract";
import { type AtelierCli, openWorkspace, type Standing } from "@atelier/testkit";
import { containersOf, halfMadeOf, type LoggedEvent, parseEvents, waitingOf } from "./swap-workshop.ts";

export const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8" }).trim();

/** A workspace in which nothing is under way any more. */
export interface Quiet {
  readonly container: string;
  readonly events: readonly LoggedEvent[];
  /** Ids of what was saved on purpose, oldest first. */
  readonly saved: readonly string[];
  readonly standing: Standing;
}

/** The image somebody stands on, and every file of theirs or of a step's in the home. */
const standingIn = (container: string): Standing => {
  const script = 'cd /home/student; for f in mark-* made-by-*; do [ ! -e "$f" ] || echo "$f $(cat "$f")"; done';
  const lines = docker("exec", "-u", "student", container, "/bin/sh", "-c", script).split("\n");
  const label = docker("inspect", "-f", '{{index .Config.Labels "dev.atelier.settings"}}', container);
  return {
    image: (JSON.parse(label) as { image: string }).image,
    files: new Map(lines.filter((line) => line !== "").map((line) => line.split(" ", 2) as [string, string])),
  };
};

/** What is wrong so long as something is under way; else what there is. Throws when it does not answer. */
const look = async (atelier: AtelierCli, url: string): Promise<Quiet | string> => {
  const client = await openWorkspace(url);
  const { boot } = await client.workspace();
  if (boot.phase !== "ready") return `it is in phase ${boot.phase}`;
  // It waits its turn: a request saves what there is even when nothing comes of it.
  const work = await client.get(filesApi.work);
  if (work.status !== 200) return work.text;
  const [container = "", ...others] = containersOf(atelier);
  // One may wait for the next move; more are leftovers.
  if (others.length > 0 || halfMadeOf(atelier).length > 0 || waitingOf(atelier).length > 1)
    return "containers are left over";
  const events = parseEvents(docker("exec", container, "cat", "/workshop/runtime/state-events.jsonl"));
  const open = events.filter(
    ({ type, id }) => type === "request" && !events.some((one) => one.type === "request-acknowledged" && one.id === id),
  );
  if (open.length > 0) return "a request has no answer";
  const listed = JSON.parse((await client.get(studentApi.checkpoints)).text) as unknown[];
  return {
    container,
    events,
    saved: listed
      .map((one) => checkpointViewSchema.parse(one))
      .flatMap(({ id, reason }) => (reason === "auto" ? [] : [id]))
      .toReversed(),
    standing: standingIn(container),
  };
};

/** Waits for whoever recovers a workspace: it never has no container meanwhile, and is at rest in the end. */
export const untilQuiet = async (atelier: AtelierCli, url: string, where: string): Promise<Quiet> => {
  for (const end = performance.now() + 60_000; ; await sleep(100)) {
    assert.notEqual(containersOf(atelier).length, 0, `${where}: no container is left`);
    const found = await look(atelier, url).catch((error: unknown) => (error as Error).message);
    if (typeof found !== "string") return found;
    assert.ok(performance.now() < end, `${where}: not at rest within 60 s: ${found}`);
  }
};
