export * from "./connection-state.ts";
export * from "./keep-connected.ts";
export * from "./page-visibility.ts";
export * from "./read-events.ts";
export * from "./watch-silence.ts";
