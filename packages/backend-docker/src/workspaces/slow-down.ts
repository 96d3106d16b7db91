import type { ContainerInspect } from "../engine/shapes.ts";

/** What one that is slowed down may use, of one processor. */
const slowShare = 0.1;
const period = 100_000;

/** Limits of a running container, as the engine changes them. One that has a limit of its own keeps it otherwise. */
export type CpuLimits =
  | { readonly NanoCpus: number }
  /** A quota of -1 is none. */
  | { readonly CpuPeriod: number; readonly CpuQuota: number };

/** @param cpu the limit it was made with, in processors; undefined: none */
export const cpuLimits = (cpu: number | undefined, isSlow: boolean): CpuLimits =>
  cpu === undefined
    ? { CpuPeriod: period, CpuQuota: isSlow ? Math.round(slowShare * period) : -1 }
    : { NanoCpus: Math.round((isSlow ? Math.min(cpu, slowShare) : cpu) * 1e9) };

/** Whether that is how it is limited now, by whomever. */
export const isSlowedDown = (
  cpu: number | undefined,
  { HostConfig }: Pick<ContainerInspect, "HostConfig">,
): boolean => {
  const slow = cpuLimits(cpu, true);
  if ("CpuQuota" in slow) return HostConfig?.CpuQuota === slow.CpuQuota;
  return HostConfig?.NanoCpus === slow.NanoCpus && JSON.stringify(slow) !== JSON.stringify(cpuLimits(cpu, false));
};
