import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createSupervisorClient, type SupervisorClient } from "@atelier/backend-docker";
import { startSupervisor, type SupervisorOptions } from "../supervisor.ts";
import { defaultLimits } from "../transition/live.ts";
import type { FakeMachine } from "./open-fake-machine.ts";

/** A supervisor in this process that hears nothing from the engine: it sees what changed when it looks at all. */
export const startHere = async (
  machine: FakeMachine,
  more: Partial<SupervisorOptions> = {},
): Promise<{ readonly client: SupervisorClient } & AsyncDisposable> => {
  const ending = new AbortController();
  const supervisor = await startSupervisor({
    state: machine.state,
    containers: machine.containers,
    limits: defaultLimits,
    removeWorkspace: () => assert.fail("nothing is to be removed"),
    changes: async function* () {
      await new Promise<void>((resolve) => ending.signal.addEventListener("abort", () => resolve()));
    },
    token: "token",
    version: "0",
    pid: process.pid,
    idleMs: 60_000,
    tickMs: 20,
    firstLookMs: 1000,
    now: Date.now,
    asleepMs: () => 0,
    newId: randomUUID,
    log: () => {},
    isOurs: () => true,
    ...more,
  });
  return {
    client: createSupervisorClient({
      v: 1,
      pid: process.pid,
      port: supervisor.port,
      token: "token",
      version: "0",
      startedAt: "",
    }),
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await supervisor.close();
    },
  };
};
