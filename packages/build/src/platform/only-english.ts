import { dirname } from "node:path";
import type { Plugin } from "esbuild";

/** zod brings its messages in fifty languages, which every start of a bundle would read and compile. */
export const onlyEnglish: Plugin = {
  name: "only-english",
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: 'export { default as en } from "./en.js";',
      resolveDir: dirname(path),
    }));
  },
};
