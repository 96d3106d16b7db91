import { compiledPaths } from "@atelier/domain";
import { layerPaths, platformPaths, runtimePaths, serverPort } from "@atelier/contract";
import { z } from "zod";

/**
 * Settings of the server process. In an image all of them have their defaults; tests and `dev.ts` point
 * them elsewhere. Documented here, read in `main.ts` only.
 */
export const serverSettingsSchema = z.object({
  /** Folder of the compiled workshop. */
  ATELIER_WORKSHOP: z.string().default(compiledPaths.root),
  /** Folder that only the server writes: logs, recordings, lease, checkpoints. */
  ATELIER_RUNTIME: z.string().default(compiledPaths.runtime),
  /** Root-only folder with configuration and tokens. */
  ATELIER_CONFIG: z.string().default(runtimePaths.folder),
  /** Root-only folder in the container's own layer. */
  ATELIER_LAYER: z.string().default(layerPaths.folder),
  /** The platform layer. */
  ATELIER_PLATFORM: z.string().default(platformPaths.root),
  ATELIER_PORT: z.coerce.number().int().default(serverPort),
  ATELIER_HOST: z.string().default("0.0.0.0"),
});
export type ServerSettings = z.infer<typeof serverSettingsSchema>;
