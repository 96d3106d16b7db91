export * from "./source-tree/read-source-tree.ts";
export * from "./jsonl/open-jsonl-appender.ts";
export * from "./proxy/forward.ts";
export * from "./tail/tail-event.ts";
export * from "./tail/tail-lines.ts";
export * from "./session-archive/pack-session.ts";
export * from "./tar/write-tar-gz.ts";
export * from "./tar/read-tar.ts";
