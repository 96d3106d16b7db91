import { pageBuild } from "@atelier/ui/page-build";
import { defineConfig } from "vite";

// The workspace server shows this page below /instructor/.
export default defineConfig({ ...pageBuild, base: "/instructor/" });
