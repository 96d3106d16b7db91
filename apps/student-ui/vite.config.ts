import { pageBuild } from "@atelier/ui/page-build";
import { defineConfig } from "vite";

export default defineConfig({
  ...pageBuild,
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
