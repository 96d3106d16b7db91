import type { Plugin } from "esbuild";

/**
 * Keeps fetch's client (a third of a mebibyte of source) out of programs that never fetch: Node gives an ES
 * import of its `http` every export at once, `WebSocket` with the whole of that client among them, and a
 * CommonJS one each when it is asked for. Behaviour is the same. For bundles of esbuild.
 */
export const smallHttp: Plugin = {
  name: "small-http",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(node:)?https?$/ }, ({ path, kind }) =>
      kind === "require-call" ? undefined : { path: path.replace("node:", ""), namespace: "small-http" },
    );
    onLoad({ filter: /./, namespace: "small-http" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(`node:${path}`)});`,
    }));
  },
};
