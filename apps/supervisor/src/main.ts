import { randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import {
  connectEngine,
  createContainers,
  createK3d,
  createWorkspaces,
  findEndpoint,
  openStateDirectory,
  stateDirectoryPath,
} from "@atelier/backend-docker";
import { outliveTornStreams } from "@atelier/node-kit";
import { supervisorConfigSchema } from "./config.ts";
import { claimInstance } from "./instance/claim-instance.ts";
import { openLog } from "./instance/open-log.ts";
import { removeSupervisorFile, writeSupervisorFile } from "./instance/supervisor-file.ts";
import { workspaceChanges } from "./instance/workspace-changes.ts";
import { startSupervisor } from "./supervisor.ts";
import { defaultLimits } from "./transition/live.ts";
import { version } from "./version.ts";

/** Composition root of the supervisor: one process per state directory, started by the CLI. */
const config = supervisorConfigSchema.parse(process.env);
const path = stateDirectoryPath(process.env);
// Whoever started us made it; when it is gone meanwhile, nobody wants us any more.
if (!existsSync(path)) process.exit(0);
const state = openStateDirectory(path);
const log = openLog(join(path, "supervisor.log"), () => new Date());
// Every page of every workspace goes through this process.
outliveTornStreams({ log, name: "supervisor" });
process.chdir(path);
using instance = await claimInstance("supervisor.sock");
if (instance === undefined) {
  log({ event: "supervisor.not-needed", pid: process.pid });
  process.exit(0);
}

const ending = new AbortController();
const endpoint = await findEndpoint(process.env);
const engine = await connectEngine(endpoint).catch((error: unknown) => {
  log({ event: "engine.unreachable", error: String(error) });
  process.exit(1);
});
const k3d = createK3d(process.env);
const workspaces = createWorkspaces({ engine, state, k3d });
const token = randomBytes(32).toString("base64url");
const supervisor = await startSupervisor({
  state,
  containers: createContainers({ engine, state, k3d }),
  limits: { ...defaultLimits, prepareAfterMs: config.ATELIER_PREPARE_AFTER * 1000 },
  removeWorkspace: (name) => workspaces.remove(name),
  changes: (signal) => workspaceChanges(engine, state.id, signal),
  token,
  version,
  pid: process.pid,
  idleMs: config.ATELIER_SUPERVISOR_IDLE * 1000,
  tickMs: config.ATELIER_SUPERVISOR_TICK * 1000,
  firstLookMs: config.ATELIER_SUPERVISOR_FIRST_LOOK * 1000,
  now: Date.now,
  // Linux counts one of the two on while the machine sleeps. Where both do, no sleep of an unwatched machine is noticed.
  asleepMs: () => uptime() * 1000 - Number(process.hrtime.bigint() / 1_000_000n),
  newId: randomUUID,
  log,
  isOurs: () => instance.isOurs,
});
writeSupervisorFile(path, {
  v: 1,
  pid: process.pid,
  port: supervisor.port,
  token,
  version,
  startedAt: new Date().toISOString(),
});
log({ event: "supervisor.started", pid: process.pid, port: supervisor.port, version });
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => ending.abort());
const reason = await Promise.race([
  supervisor.ended,
  new Promise<string>((resolve) => ending.signal.addEventListener("abort", () => resolve("signal"))),
]);
await supervisor.close();
log({ event: "supervisor.ended", reason });
// Last: whoever waits for our end waits for this.
removeSupervisorFile(path, process.pid);
process.exit(0);
