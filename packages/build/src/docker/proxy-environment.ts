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

interface ProxySetting {
  readonly name: string;
  readonly value: string;
  /** Where it was found, as somebody would look for it. */
  readonly source: string;
  readonly isOutOfReach: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The docker CLI's setting for containers, else this machine's own. */
const settingsIn = (env: Environment, dockerConfig: unknown): readonly ProxySetting[] => {
  const configured = configSchema.safeParse(dockerConfig).data?.proxies?.default ?? {};
  return names.flatMap(([key, name]) => {
    const spelling = env[name] === undefined ? name.toLowerCase() : name;
    const [value, source] =
      configured[key] === undefined
        ? [env[spelling], spelling]
        : [configured[key], `${key} of the Docker CLI's config.json`];
    return value ? [{ name, value, source, isOutOfReach: key !== "noProxy" && isLoopback(value) }] : [];
  });
};

/**
 * Proxy variables for what runs during a build, in both spellings: the docker CLI's setting for
 * containers, else this machine's own. They are given to processes and never to an image.
 */
export const proxyEnvironment = (env: Environment, dockerConfig: unknown): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  for (const { name, value, isOutOfReach } of settingsIn(env, dockerConfig)) {
    if (isOutOfReach) continue;
    found[name] = value;
    found[name.toLowerCase()] = value;
  }
  return found.NO_PROXY !== undefined && Object.keys(found).length === 2 ? {} : found;
};

/** What is to be said of proxies that are not passed on; undefined when all are. */
export const proxyNotice = (env: Environment, dockerConfig: unknown): string | undefined => {
  const sources = settingsIn(env, dockerConfig).flatMap(({ isOutOfReach, source }) => (isOutOfReach ? [source] : []));
  if (sources.length === 0) return undefined;
  const name = sources.length === 1 ? "names" : "name";
  return `${sources.join(" and ")} ${name} a proxy on this machine's loopback, where no container reaches it: commands run without. Have it listen on an address that containers reach, such as the Docker bridge's, and name that in "proxies" of the Docker CLI's config.json.`;
};
