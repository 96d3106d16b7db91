export * from "./engine/endpoint.ts";
export * from "./engine/engine.ts";
export type { ContainerInspect, ContainerSummary, EngineInfo, ImageInspect, ImageSummary, Network, Volume } from "./engine/shapes.ts";
