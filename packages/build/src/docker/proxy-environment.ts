import { z } from "zod";

const names = [
  ["httpProxy", "HTTP_PROXY"],
  ["httpsProxy", "HTTPS_PROXY"],
  ["ftpProxy", "FTP_PROXY"],
  ["allProxy", "ALL_PROXY"],
  ["noProxy", "NO_PROXY"],
] as const;

/** The part of the docker CLI's `config.json` that says how containers reach the outside. */
const configSchema = z.object({
  proxies: z.object({ default: z.record(z.string(), z.string()).optional() }).optional(),
});

/** A proxy on this machine's loopback is not there inside a container. */
const isLoopback = (value: string): boolean =>
  /^(?:[a-z0-9]+:\/\/)?(?:[^@/]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::|\/|$)/i.test(value);

/**
 * Proxy variables for what runs during a build, in both spellings: the docker CLI's setting for
 * containers, else this machine's own. They are given to processes and never to an image.
 */
export const proxyEnvironment = (
  env: Readonly<Record<string, string | undefined>>,
  dockerConfig: unknown,
): Readonly<Record<string, string>> => {
  const configured = configSchema.safeParse(dockerConfig).data?.proxies?.default ?? {};
  const found: Record<string, string> = {};
  for (const [key, name] of names) {
    const value = configured[key] ?? env[name] ?? env[name.toLowerCase()];
    if (!value || (key !== "noProxy" && isLoopback(value))) continue;
    found[name] = value;
    found[name.toLowerCase()] = value;
  }
  return found.NO_PROXY !== undefined && Object.keys(found).length === 2 ? {} : found;
};
