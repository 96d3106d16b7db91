export { demultiplex, type OutputChunk } from "./engine/demultiplex.ts";
export * from "./engine/endpoint.ts";
export * from "./engine/engine.ts";
export { classicStoreRemedy, hasContainerdStore, requireClassicStore } from "./engine/image-store.ts";
export type {
  ContainerInspect,
  ContainerSummary,
  DiskUsage,
  EngineEvent,
  EngineInfo,
  EngineVersion,
  ImageInspect,
  ImageSummary,
  Network,
  PathStat,
  Volume,
} from "./engine/shapes.ts";
export { oldestApi } from "./engine/transport.ts";
export * from "./state/state-directory.ts";
export { ensureSupervisor, findSupervisor, isOlder } from "./supervisor/ensure-supervisor.ts";
export { createK3d, imageOfK3s, k3dMissing } from "./cluster/k3d.ts";
export {
  createSupervisorClient,
  type OnProgress,
  type OrderOptions,
  type SupervisorClient,
} from "./supervisor/supervisor-client.ts";
export { defaultResources } from "./workspaces/container-body.ts";
export {
  type Containers,
  createContainers,
  freePort,
  isGone,
  type NextContainer,
  type RunOptions,
  type WaitingContainer,
  type WorkspaceContainer,
} from "./workspaces/containers.ts";
export { getFromServer } from "./workspaces/server-client.ts";
export {
  recordsPinnedBy,
  serviceLabel,
  type TransitionLabel,
  type WorkspaceSettings,
} from "./workspaces/workspace-labels.ts";
export * from "./workspaces/workspaces.ts";
