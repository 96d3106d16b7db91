export * from "./source-tree/read-source-tree.ts";
