export * from "./cases/read-cases.ts";
export * from "./cases/source-tree-of.ts";
export * from "./workspace-client.ts";
export * from "./atelier-cli.ts";
export * from "./copy-image-as.ts";
export { createRandom, type Random } from "./random.ts";
export * from "./fake-llm-provider.ts";
export * from "./test-registry.ts";
