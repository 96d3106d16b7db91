import { z } from "zod";

/** The parts of the engine's answers that we read. Everything else passes by unseen. */
const nullable = <T extends z.ZodType>(schema: T, fallback: z.output<T>) =>
  schema.nullish().transform((value) => value ?? fallback);
const labels = nullable(z.record(z.string(), z.string()), {});

export const imageInspectSchema = z.object({
  Id: z.string(),
  RepoTags: nullable(z.array(z.string()), []),
  /** `<repository>@<manifest digest>` of where it was pulled from. */
  RepoDigests: z.array(z.string()).nullish(),
  Architecture: z.string(),
  Os: z.string(),
  Variant: z.string().optional(),
  Created: z.string().optional(),
  Size: z.number(),
  // Whole: whoever makes an image on top of this one passes on what it does not know.
  Config: z
    .looseObject({
      Env: nullable(z.array(z.string()), []),
      Labels: labels,
      User: z.string().optional(),
      WorkingDir: z.string().optional(),
      Entrypoint: nullable(z.array(z.string()), []),
      Cmd: nullable(z.array(z.string()), []),
    })
    .nullish(),
  RootFS: z.object({ Layers: nullable(z.array(z.string()), []) }).nullish(),
});
export type ImageInspect = z.infer<typeof imageInspectSchema>;

export const imageSummarySchema = z.object({
  Id: z.string(),
  ParentId: z.string().optional(),
  RepoTags: nullable(z.array(z.string()), []),
  Labels: labels,
  Size: z.number(),
  Created: z.number(),
});
export type ImageSummary = z.infer<typeof imageSummarySchema>;

const portBinding = z.object({ HostIp: z.string().optional(), HostPort: z.string().optional() });

export const containerSummarySchema = z.object({
  Id: z.string(),
  Names: z.array(z.string()),
  Image: z.string(),
  ImageID: z.string(),
  State: z.string(),
  Status: z.string(),
  Created: z.number(),
  Labels: labels,
});
export type ContainerSummary = z.infer<typeof containerSummarySchema>;

export const containerInspectSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  Created: z.string(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Pid: z.number(),
    ExitCode: z.number(),
    OOMKilled: z.boolean().optional(),
    StartedAt: z.string(),
    FinishedAt: z.string(),
    Error: z.string().optional(),
  }),
  Config: z.object({ Labels: labels, Env: nullable(z.array(z.string()), []) }),
  HostConfig: z.object({ NanoCpus: z.number().optional(), CpuQuota: z.number().optional() }).nullish(),
  NetworkSettings: z.object({
    Ports: nullable(z.record(z.string(), z.array(portBinding).nullable()), {}),
    Networks: nullable(z.record(z.string(), z.object({ IPAddress: z.string().optional() })), {}),
  }),
});
export type ContainerInspect = z.infer<typeof containerInspectSchema>;

export const engineVersionSchema = z.object({
  Version: z.string().optional(),
  ApiVersion: z.string(),
  MinAPIVersion: z.string().optional(),
});
export type EngineVersion = z.infer<typeof engineVersionSchema>;

/** What `HEAD …/archive` says of a path. `mode` is Go's: the low nine bits are the permissions. */
export const pathStatSchema = z.object({
  name: z.string(),
  size: z.number(),
  mode: z.number(),
  /** Where a link leads, resolved inside the container; empty when the path is no link. */
  linkTarget: nullable(z.string(), ""),
});
export type PathStat = z.infer<typeof pathStatSchema>;

export const engineEventSchema = z.object({
  Type: z.string(),
  Action: z.string(),
  Actor: z.object({ ID: nullable(z.string(), ""), Attributes: labels }),
  /** Seconds since 1970. */
  time: z.number(),
});
export type EngineEvent = z.infer<typeof engineEventSchema>;

/** Sizes in bytes. */
export const diskUsageSchema = z.object({
  /** Of all images together, shared layers once. */
  LayersSize: nullable(z.number(), 0),
  Containers: nullable(z.array(z.object({ Id: z.string(), SizeRw: nullable(z.number(), 0) })), []),
  Volumes: nullable(z.array(z.object({ Name: z.string(), UsageData: z.object({ Size: z.number() }).nullish() })), []),
});
export type DiskUsage = z.infer<typeof diskUsageSchema>;

export const engineInfoSchema = z.object({
  ServerVersion: z.string(),
  Architecture: z.string(),
  OSType: z.string(),
  OperatingSystem: z.string(),
  NCPU: z.number(),
  MemTotal: z.number(),
  Driver: z.string(),
  /** Names and values, as the storage driver tells them. */
  DriverStatus: nullable(z.array(z.tuple([z.string(), z.string()])), []),
  DockerRootDir: z.string(),
  CgroupVersion: z.string().optional(),
  RuncCommit: z.object({ ID: z.string() }).optional(),
  SecurityOptions: nullable(z.array(z.string()), []),
  /** Through which it pulls images; absent or empty: directly. */
  HttpProxy: z.string().optional(),
  HttpsProxy: z.string().optional(),
});
export type EngineInfo = z.infer<typeof engineInfoSchema>;

export const volumeSchema = z.object({ Name: z.string(), Labels: labels, CreatedAt: z.string().optional() });
export type Volume = z.infer<typeof volumeSchema>;

export const networkSchema = z.object({ Id: z.string(), Name: z.string(), Labels: labels });
export type Network = z.infer<typeof networkSchema>;
