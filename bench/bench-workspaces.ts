import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import {
  connectEngine,
  createWorkspaces,
  defaultResources,
  type Engine,
  findEndpoint,
  openStateDirectory,
  type StateDirectory,
  type WorkspaceSettings,
  type Workspaces,
} from "@atelier/backend-docker";
import type { BuildRecord } from "@atelier/domain";
import { createAtelierCli } from "@atelier/testkit";

/** An example, built, and workspaces of it that go with the bench. */
export interface BenchWorkspaces extends AsyncDisposable {
  readonly engine: Engine;
  readonly workspaces: Workspaces;
  readonly state: StateDirectory;
  readonly record: BuildRecord;
  create(name: string, changes?: Partial<WorkspaceSettings>): Promise<WorkspaceSettings>;
}

const example = fileURLToPath(new URL("../examples/linux-basics", import.meta.url));

/** @param folder the workshop; an example when left out */
export const openBenchWorkspaces = async (folder = example): Promise<BenchWorkspaces> => {
  const cli = await createAtelierCli();
  await cli.succeed("build", folder);
  const engine = await connectEngine(await findEndpoint(process.env));
  const state = openStateDirectory(cli.stateDirectory);
  const workspaces = createWorkspaces({ engine, state });
  const built = state.listRecords()[0];
  if (built === undefined) throw new Error("the build left no record");
  return {
    engine,
    workspaces,
    state,
    record: built.record,
    create: async (name, changes = {}) => {
      const settings: WorkspaceSettings = {
        v: 1,
        id: randomUUID(),
        name,
        workshop: built.record.workshop,
        version: built.record.version,
        title: built.record.title,
        record: built.digest,
        image: "start",
        port: await workspaces.freePort(),
        managed: false,
        parameters: {},
        secrets: [],
        timezone: "UTC",
        recording: { commands: "on", terminal: "on" },
        webTerminal: true,
        sudo: false,
        resources: { ...defaultResources },
        createdAt: new Date().toISOString(),
        ...changes,
      };
      await workspaces.create({ record: built.record, settings, secrets: {} });
      return settings;
    },
    [Symbol.asyncDispose]: async () => {
      await workspaces.removeAll();
      engine[Symbol.dispose]();
      await cli[Symbol.asyncDispose]();
    },
  };
};
