import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin, UserConfig } from "vite";

/** `<file>.br` and `<file>.gz` beside what a server may send compressed, so that none compresses at run time. */
const precompress = (): Plugin => ({
  name: "precompress",
  apply: "build",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (!/\.(js|css|html|svg)$/.test(file.fileName)) continue;
        const source = Buffer.from(file.type === "chunk" ? file.code : file.source);
        if (source.length < 1024) continue;
        // The last tenth of what is large takes most of the time.
        const quality = source.length > 1_000_000 ? 9 : 11;
        const brotli = brotliCompressSync(source, {
          params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: source.length },
        });
        this.emitFile({ type: "asset", fileName: `${file.fileName}.br`, source: brotli });
        this.emitFile({ type: "asset", fileName: `${file.fileName}.gz`, source: gzipSync(source, { level: 9 }) });
      }
    },
  },
});

/**
 * How every page of ours is built. The workspace server refuses inline scripts and eval; data: fonts and
 * images stay files for the same reason.
 */
export const pageBuild = {
  plugins: [react(), precompress()],
  build: {
    outDir: "dist",
    target: "es2023",
    // The first versions with light-dark(): written out for older ones, a dark island on a light page would not work.
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        // Parts that a browser reads side by side, instead of one file from its beginning to its end.
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](?:react|react-dom|scheduler)[\\/]/ },
            // Its 4 kB of styles are no file of their own: a request costs more.
            { name: "xterm", test: /node_modules[\\/]@xterm[\\/](?:xterm|addon-fit|addon-web-links)[\\/].*js$/ },
          ],
        },
      },
    },
  },
} satisfies UserConfig;
