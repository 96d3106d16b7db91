import type { ContainerResources, Service } from "../../workshop/workshop.ts";
import { parseBytes } from "../bytes.ts";
import type { ServiceInput } from "../schema/workshop-schema.ts";
import { normalizePath } from "../tree/tree-view.ts";
import { normaliseEnv } from "./env.ts";

const cores = (cpu: string | number): number => {
  if (typeof cpu === "number") return cpu;
  return cpu.endsWith("m") ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu);
};

export const normaliseResources = ({
  cpu,
  memory,
  pids,
}: NonNullable<ServiceInput["resources"]> = {}): ContainerResources => {
  const memoryBytes = typeof memory === "string" ? parseBytes(memory) : memory;
  return {
    ...(cpu === undefined ? {} : { cpu: cores(cpu) }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(pids === undefined ? {} : { pids }),
  };
};

const normaliseSource = ({ image, containerFile }: ServiceInput): Service["source"] => {
  if (image !== undefined) return { kind: "image", image };
  if (containerFile !== undefined)
    return { kind: "containerFile", containerFile: normalizePath(containerFile) ?? containerFile };
  return { kind: "workshop" };
};

const normaliseReady = (ready: ServiceInput["ready"]): NonNullable<Service["ready"]> | undefined => {
  if (ready?.port !== undefined) return { port: ready.port };
  return ready?.command === undefined ? undefined : { command: ready.command };
};

export const normaliseService = (service: ServiceInput): Service => {
  const ready = normaliseReady(service.ready);
  return {
    name: service.name,
    source: normaliseSource(service),
    command: service.command ?? [],
    env: normaliseEnv(service.env),
    ports: service.ports ?? [],
    resources: normaliseResources(service.resources),
    onReset: service.onReset ?? "restart",
    ...(ready === undefined ? {} : { ready }),
  };
};
