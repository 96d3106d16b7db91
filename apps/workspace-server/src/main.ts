import { randomUUID } from "node:crypto";
import { outliveTornStreams } from "@atelier/node-kit";
import { serverSettingsSchema } from "./config.ts";
import { readConfigFromStdin } from "./receive-config/read-from-stdin.ts";
import { createTerminals } from "./terminal/create-terminals.ts";
import { startWorkspaceServer } from "./workspace-server.ts";

/** Composition root: the process inside the student container, below tini, as root. */
const settings = serverSettingsSchema.parse(process.env);
const log = (event: Readonly<Record<string, unknown>>): void => {
  process.stdout.write(`${JSON.stringify({ ts: new Date().toISOString(), ...event })}\n`);
};
// Every shell of the workspace ends with this process.
outliveTornStreams({ log, name: "server" });
readConfigFromStdin(process.stdin, settings.ATELIER_CONFIG)
  // Whoever wrote it sees that it does not arrive, and takes the other way.
  .catch((error: unknown) => log({ event: "config.not-taken", cause: String(error) }))
  .finally(() => process.stdin.destroy());
const server = await startWorkspaceServer({
  settings,
  env: process.env,
  version: "0.1.0",
  now: () => new Date(),
  newId: randomUUID,
  log,
  createTerminals,
});

const stop = (): void => {
  // A student's process may hold on to anything; the container has to end all the same.
  setTimeout(() => process.exit(1), 9000).unref();
  server.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.once("SIGTERM", stop).once("SIGINT", stop);
