import { setTimeout as sleep } from "node:timers/promises";
import { AppError, type BuildRecord, isAppError } from "@atelier/domain";
import type { Engine } from "../engine/engine.ts";
import { type Role, serviceLabel } from "./workspace-labels.ts";

export interface ServicesOptions {
  readonly engine: Engine;
  readonly record: BuildRecord;
  readonly network: string;
  readonly labels: (role: Role) => Record<string, string>;
  readonly nameOf: (service: string) => string;
  readonly signal: AbortSignal;
  /** What stands there on another image than the record's is made anew. */
  readonly isReplacing?: boolean;
  /** How long each is waited for; a minute. */
  readonly readyTimeoutMs?: number;
}

type Service = BuildRecord["services"][number];

/**
 * Capabilities of a service's root, of those that an engine would give it. CHOWN, DAC_OVERRIDE, FOWNER, FSETID:
 * databases begin by making their folder their own, whoever it belonged to. SETUID, SETGID, SETPCAP: they become
 * their own user then and clear what is left. SYS_CHROOT: daemons lock themselves in. KILL: they end their workers,
 * who are other users. NET_BIND_SERVICE: web servers. None for raw packets, devices, or capabilities of files.
 */
const serviceCapabilities = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "SETUID",
  "SETGID",
  "SETPCAP",
  "SYS_CHROOT",
  "KILL",
  "NET_BIND_SERVICE",
];

/** Starts the extra services of a workspace on its own network, each under its name, and waits for them. */
export const startServices = async (options: ServicesOptions): Promise<void> => {
  for (const service of options.record.services) await startService(service, options);
  await Promise.all(options.record.services.map((service) => waitUntilReady(service, options)));
};

/** Starts those services anew that a reset is meant to reset, from their image. */
export const restartServices = async (options: ServicesOptions): Promise<void> => {
  const doomed = options.record.services.filter(({ onReset }) => onReset === "restart");
  for (const { name } of doomed) await options.engine.removeContainer(options.nameOf(name));
  await startServices(options);
};

const startService = async (
  service: Service,
  { engine, network, labels, nameOf, signal, isReplacing = false }: ServicesOptions,
): Promise<void> => {
  const name = nameOf(service.name);
  const existing = await engine.listContainers([
    `${serviceLabel}=${service.name}`,
    ...Object.entries(labels("service"))
      .filter(([key]) => /state$|workspace-id$/.test(key))
      .map(([key, value]) => `${key}=${value}`),
  ]);
  const found = existing[0];
  const isOther = isReplacing && service.imageId !== undefined && found?.ImageID !== service.imageId;
  if (found && !isOther) {
    if (found.State !== "running") await engine.startContainer(found.Id, signal);
    return;
  }
  if (found) await engine.removeContainer(found.Id);
  if (service.imageId === undefined)
    throw new AppError("image-missing", `The image of the service "${service.name}" is not in this engine.`, {
      hint: "Build the workshop again: atelier build <folder>",
    });
  const isWorkshop = service.source.kind === "workshop";
  const id = await engine.createContainer(
    name,
    {
      Image: service.imageId,
      Hostname: service.name,
      Labels: { ...labels("service"), [serviceLabel]: service.name },
      Env: Object.entries(service.env).map(([key, value]) => `${key}=${value}`),
      // The workshop's own image would start our server: the author's command takes its place.
      ...(isWorkshop
        ? { Entrypoint: ["/opt/atelier/bin/tini", "--", ...service.command], Cmd: [] }
        : service.command.length > 0
          ? { Cmd: service.command }
          : {}),
      HostConfig: {
        NetworkMode: network,
        CapDrop: ["ALL"],
        CapAdd: serviceCapabilities,
        SecurityOpt: ["no-new-privileges"],
        Memory: service.resources.memoryBytes ?? 1024 ** 3,
        PidsLimit: service.resources.pids ?? 512,
        ...(service.resources.cpu === undefined ? {} : { NanoCpus: Math.round(service.resources.cpu * 1e9) }),
        LogConfig: { Type: "json-file", Config: { "max-size": "5m", "max-file": "2" } },
      },
      NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [service.name] } } },
    },
    signal,
  );
  await engine.startContainer(id, signal);
};

const waitUntilReady = async (
  service: Service,
  { engine, nameOf, signal, readyTimeoutMs = 60_000 }: ServicesOptions,
): Promise<void> => {
  const { ready } = service;
  if (ready === undefined) return;
  const name = nameOf(service.name);
  const deadline = performance.now() + readyTimeoutMs;
  for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
    signal.throwIfAborted();
    const { State } = await engine.inspectContainer(name);
    if (!State.Running)
      throw new AppError(
        "service-ended",
        `The service "${service.name}" ended with exit code ${State.ExitCode}:\n${await tailOf(engine, name)}`,
      );
    const asked =
      "command" in ready
        ? engine.exec(name, { argv: ["/bin/sh", "-c", ready.command], signal }).then(({ exitCode }) => exitCode === 0)
        : listens(engine, name, ready.port);
    // It may have ended since it was looked at: the next look says with what.
    if (await asked.catch(notWhileItEnds)) return;
    if (performance.now() > deadline)
      throw new AppError(
        "service-not-ready",
        `The service "${service.name}" was not ready within ${readyTimeoutMs / 1000} s:\n${await tailOf(engine, name)}`,
      );
    await sleep(pause, undefined, { signal });
  }
};

const notWhileItEnds = (error: unknown): boolean => {
  if (isAppError(error) && error.code === "docker-conflict") return false;
  throw error;
};

/** Whether a port is listened on, from the kernel's own table: works in an image without any tools. */
const listens = async (engine: Engine, name: string, port: number): Promise<boolean> => {
  const { stdout } = await engine.exec(name, {
    argv: ["/bin/sh", "-c", "cat /proc/net/tcp /proc/net/tcp6 2>/dev/null"],
  });
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  // Columns of /proc/net/tcp: sl, local_address, rem_address, st; 0A is LISTEN.
  return stdout.split("\n").some((line) => {
    const [, local = "", , status] = line.trim().split(/\s+/);
    return status === "0A" && local.endsWith(`:${wanted}`);
  });
};

const tailOf = async (engine: Engine, name: string): Promise<string> => {
  let text = "";
  for await (const { data } of engine.logs(name, { follow: false, tail: 15 })) text += data.toString("utf8");
  return text.trimEnd();
};
