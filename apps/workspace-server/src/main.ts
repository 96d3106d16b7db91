import { randomUUID } from "node:crypto";
import { serverSettingsSchema } from "./config.ts";
import { createTerminals } from "./terminal/create-terminals.ts";
import { startWorkspaceServer } from "./workspace-server.ts";

/** Composition root: the process inside the student container, below tini, as root. */
const server = await startWorkspaceServer({
  settings: serverSettingsSchema.parse(process.env),
  env: process.env,
  version: "0.1.0",
  now: () => new Date(),
  newId: randomUUID,
  log: (event) => process.stdout.write(`${JSON.stringify({ ts: new Date().toISOString(), ...event })}\n`),
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
