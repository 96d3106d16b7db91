export * from "./source-tree/read-source-tree.ts";
export * from "./jsonl/open-jsonl-appender.ts";
export * from "./proxy/forward.ts";
