import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, type BuildRecord, labels as labelNames } from "@atelier/domain";
import type { Engine } from "../engine/engine.ts";
import { restartServices, type ServicesOptions, startServices } from "./services.ts";
import { serviceLabel } from "./workspace-labels.ts";

type Service = BuildRecord["services"][number];

interface Container {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly host: { readonly CapDrop?: string[]; readonly CapAdd?: string[]; readonly SecurityOpt?: string[] };
  isRunning: boolean;
}

/** As much of an engine as services need. */
const createEngine = () => {
  const containers = new Map<string, Container>();
  const did: string[] = [];
  let ids = 0;
  /** Ports that are listened on, by service; what its readiness command answers; exit code of one that has ended. */
  const listening = new Map<string, number>();
  const ready = new Map<string, number>();
  const ended = new Map<string, number>();
  const find = (reference: string): Container => {
    const found =
      containers.get(reference) ?? [...containers.values()].find(({ name }) => name === reference.replace("x-", ""));
    if (found === undefined) throw new AppError("docker-not-found", reference);
    return found;
  };
  const engine: Partial<Engine> = {
    listContainers: async (selectors) =>
      [...containers.values()]
        .filter(({ labels }) =>
          selectors.every((selector) => {
            const [key = "", value] = selector.split("=");
            return labels[key] === value;
          }),
        )
        .map(({ id, image, isRunning, labels }) => ({
          Id: id,
          Names: [],
          Image: image,
          ImageID: image,
          State: isRunning ? "running" : "exited",
          Status: "",
          Created: 1,
          Labels: labels,
        })),
    createContainer: async (name = "", body) => {
      const { Image, Labels, HostConfig } = body as {
        Image: string;
        Labels: Record<string, string>;
        HostConfig: Container["host"];
      };
      const id = `c${++ids}`;
      containers.set(id, {
        id,
        name: name.replace("x-", ""),
        image: Image,
        labels: Labels,
        host: HostConfig,
        isRunning: false,
      });
      did.push(`create ${name.replace("x-", "")} from ${Image}`);
      return id;
    },
    startContainer: async (id) => {
      const container = find(id);
      container.isRunning = !ended.has(container.name);
      did.push(`start ${container.name}`);
    },
    removeContainer: async (reference) => {
      const { id, name } = find(reference);
      containers.delete(id);
      did.push(`remove ${name}`);
    },
    inspectContainer: async (reference) => {
      const { name, isRunning } = find(reference);
      return { State: { Running: isRunning, ExitCode: ended.get(name) ?? 0 } } as never;
    },
    exec: async (reference, { argv }) => {
      const { name } = find(reference);
      const port = (listening.get(name) ?? 0).toString(16).toUpperCase().padStart(4, "0");
      const isTable = argv.join(" ").includes("/proc/net/tcp");
      return {
        exitCode: isTable ? 0 : (ready.get(name) ?? 1),
        // A port that somebody is connected from (01) is not one that is listened on (0A).
        stdout: isTable ? `  sl local\n 0: 00000000:0050 0:0 01 x\n 1: 00000000:${port} 00000000:0000 0A x\n` : "",
        stderr: "",
      };
    },
    logs: async function* (reference) {
      yield { stream: "stderr", data: Buffer.from(`${find(reference).name} says: no such table\n`) } as never;
    },
  };
  return { engine: engine as Engine, did, containers, listening, ready, ended };
};

const service = (name: string, more: Partial<Service> = {}): Service => ({
  name,
  source: { kind: "image", image: `${name}:1` },
  command: [],
  env: {},
  ports: [],
  resources: {},
  onReset: "restart",
  imageId: `image-${name}`,
  ...more,
});

const options = (
  { engine }: Pick<ReturnType<typeof createEngine>, "engine">,
  services: readonly Service[],
): ServicesOptions => ({
  engine,
  record: { services } as unknown as BuildRecord,
  network: "net",
  labels: () => ({ [labelNames.state]: "s", [labelNames.workspaceId]: "w" }),
  nameOf: (name) => `x-${name}`,
  signal: AbortSignal.timeout(30_000),
});

test("every service is started before any is waited for, and each is ready in its own way", async () => {
  const fake = createEngine();
  fake.listening.set("database", 5432);
  fake.ready.set("queue", 0);
  const services = [
    service("database", { ready: { port: 5432 } }),
    service("queue", { ready: { command: "queue ping" } }),
    service("silent"),
  ];
  await startServices(options(fake, services));
  assert.deepEqual(fake.did, [
    ...["create database from image-database", "start database"],
    ...["create queue from image-queue", "start queue"],
    ...["create silent from image-silent", "start silent"],
  ]);
  assert.ok([...fake.containers.values()].every(({ labels, name }) => labels[serviceLabel] === name));
});

test("one that ends before it is ready fails with its exit code and its last words", async () => {
  const fake = createEngine();
  fake.ended.set("database", 3);
  await assert.rejects(startServices(options(fake, [service("database", { ready: { port: 5432 } })])), {
    code: "service-ended",
    message: 'The service "database" ended with exit code 3:\ndatabase says: no such table',
  });
});

test("one that ends between two looks fails with its exit code, too, and not with what the engine says to that", async () => {
  const fake = createEngine();
  const exec = async (reference: string): Promise<never> => {
    fake.ended.set("database", 3);
    for (const container of fake.containers.values()) container.isRunning = false;
    throw new AppError("docker-conflict", `Container ${reference} is not running`);
  };
  for (const ready of [{ port: 5432 }, { command: "ping" }]) {
    fake.ended.clear();
    const engine = { ...fake.engine, exec } as Engine;
    await assert.rejects(startServices(options({ engine }, [service("database", { ready })])), {
      code: "service-ended",
      message: /exit code 3:\ndatabase says: no such table/,
    });
  }
});

test("one that is not ready in time fails with how long it was waited for, by port and by command", async () => {
  const fake = createEngine();
  // Somebody talks from port 80, nobody listens there.
  for (const ready of [{ port: 80 }, { command: "false" }])
    await assert.rejects(startServices({ ...options(fake, [service("database", { ready })]), readyTimeoutMs: 200 }), {
      code: "service-not-ready",
      message: /^The service "database" was not ready within 0\.2 s:\ndatabase says:/,
    });
});

test("a reset makes anew what begins anew, keeps what is kept, and starts what has ended", async () => {
  const fake = createEngine();
  const services = [service("database"), service("cache", { onReset: "keep" })];
  await startServices(options(fake, services));
  const kept = [...fake.containers.values()].find(({ name }) => name === "cache");
  fake.did.splice(0);
  await restartServices(options(fake, services));
  assert.deepEqual(fake.did, ["remove database", "create database from image-database", "start database"]);
  assert.ok(kept && fake.containers.get(kept.id) === kept);
  kept.isRunning = false;
  fake.did.splice(0);
  await startServices(options(fake, services));
  assert.deepEqual(fake.did, ["start cache"]);
});

test("a service of another build is made anew by a move and left alone by a start; without its image it says what to do", async () => {
  const fake = createEngine();
  await startServices(options(fake, [service("database")]));
  const other = [service("database", { imageId: "image-other" })];
  fake.did.splice(0);
  await startServices(options(fake, other));
  assert.deepEqual(fake.did, []);
  await startServices({ ...options(fake, other), isReplacing: true });
  assert.deepEqual(fake.did, ["remove database", "create database from image-other", "start database"]);
  const { imageId: _gone, ...without } = service("gone");
  await assert.rejects(startServices(options(fake, [without])), { code: "image-missing", hint: /atelier build/ });
});

test("a service has the few capabilities with which a database becomes its own user, and gains none", async () => {
  const fake = createEngine();
  await startServices(options(fake, [service("database")]));
  const { CapDrop, CapAdd = [], SecurityOpt } = [...fake.containers.values()][0]?.host ?? {};
  assert.deepEqual([CapDrop, SecurityOpt], [["ALL"], ["no-new-privileges"]]);
  for (const wanted of ["CHOWN", "DAC_OVERRIDE", "SETUID", "SETGID"]) assert.ok(CapAdd.includes(wanted), wanted);
  for (const none of ["NET_RAW", "MKNOD", "SETFCAP", "AUDIT_WRITE", "SYS_ADMIN"])
    assert.ok(!CapAdd.includes(none), none);
});
