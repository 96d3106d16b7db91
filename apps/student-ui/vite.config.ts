import { pageBuild } from "@atelier/ui/page-build";
import { defineConfig, type Plugin } from "vite";

/** The part that needs nothing of the rest runs as soon as it is there: its script comes first, and waits for none. */
const openingFirst = (): Plugin => ({
  name: "opening-first",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { path, bundle = {} }) => {
      // The page on which tests try hostile texts is built by itself and has no opening.
      if (path !== "/index.html") return [];
      const opening = Object.values(bundle).find((file) => file.type === "chunk" && file.name === "opening");
      if (opening === undefined) throw new Error('The bundle has no chunk "opening".');
      const attrs = { type: "module", async: true, crossorigin: true, src: `/${opening.fileName}` };
      return [{ tag: "script", attrs, injectTo: "head-prepend" }];
    },
  },
});

export default defineConfig({
  ...pageBuild,
  plugins: [...pageBuild.plugins, openingFirst()],
  build: {
    ...pageBuild.build,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "opening", test: /[\\/](?:opening[\\/]|student-paths)/, priority: 1 },
            ...pageBuild.build.rolldownOptions.output.codeSplitting.groups,
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: {
      "/api": { target: "http://127.0.0.1:7681", ws: true },
      "/content": "http://127.0.0.1:7681",
      "/login": "http://127.0.0.1:7681",
    },
  },
});
