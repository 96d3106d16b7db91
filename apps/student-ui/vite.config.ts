import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The workspace server refuses inline scripts and eval; data: fonts and images stay files for the same reason.
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { "/api": { target: "http://127.0.0.1:7681", ws: true }, "/content": "http://127.0.0.1:7681", "/login": "http://127.0.0.1:7681" },
  },
});
