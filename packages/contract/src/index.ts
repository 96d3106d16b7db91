export * from "./control/control.ts";
export * from "./events/command-log.ts";
export * from "./events/state-events.ts";
export * from "./flat-files/flat-files.ts";
export * from "./http/student-api.ts";
export * from "./jsonl/record.ts";
export * from "./runtime/runtime-config.ts";
export * from "./terminal/frames.ts";
