import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { RegistryAuth } from "@atelier/backend-docker";
import { AppError } from "@atelier/domain";
import { z } from "zod";
import { isDockerHub } from "./image-repository.ts";

/** What `docker login` left for a registry. */
export type Credentials =
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  /** To be changed for an access token. */
  | { readonly kind: "identity-token"; readonly token: string };

const configSchema = z.object({
  auths: z
    .record(z.string(), z.object({ auth: z.string().optional(), identitytoken: z.string().optional() }))
    .optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

/**
 * Credentials for a registry from the docker CLI's configuration: its credential helper, the common store,
 * or the file itself, in the docker CLI's order. Undefined when nobody logged in there.
 */
export const readCredentials = async (
  registry: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> => {
  const path = join(env.DOCKER_CONFIG || join(env.HOME || homedir(), ".docker"), "config.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { data: config } = configSchema.safeParse(parseJson(text));
  if (config === undefined)
    throw new AppError("bad-docker-config", `${path} cannot be read as the docker CLI's configuration.`, {
      hint: `Log in again: docker login ${registry}`,
    });
  const key = loginKey(registry);
  const helper = config.credHelpers?.[key] ?? config.credHelpers?.[registry] ?? config.credsStore;
  if (helper !== undefined && /^[\w.-]+$/.test(helper)) {
    const answer = await askHelper(`docker-credential-${helper}`, key, env);
    if (answer !== undefined) return answer;
  }
  const auths = config.auths ?? {};
  const entry = auths[key] ?? Object.entries(auths).find(([name]) => hostOfKey(name) === hostOfKey(key))?.[1];
  if (entry?.identitytoken) return { kind: "identity-token", token: entry.identitytoken };
  const [user, password] = splitOnce(Buffer.from(entry?.auth ?? "", "base64").toString("utf8"));
  return user === "" ? undefined : { kind: "password", user, password };
};

/** Under which the docker CLI keeps a login: the registry's host, but for Docker Hub the address it once had. */
const loginKey = (registry: string): string => (isDockerHub(registry) ? "https://index.docker.io/v1/" : registry);

/** Older docker CLIs kept logins under whole addresses. */
const hostOfKey = (key: string): string => key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");

const helperAnswerSchema = z.object({ Username: z.string(), Secret: z.string() });

/** Asks a credential helper (docker/docker-credential-helpers, "get"); undefined when it knows nothing. */
const askHelper = (
  command: string,
  registry: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Credentials | undefined> =>
  new Promise((resolve) => {
    const child = spawn(command, ["get"], { env, stdio: ["pipe", "pipe", "ignore"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", () => resolve(undefined));
    child.once("close", () => {
      const { data } = helperAnswerSchema.safeParse(parseJson(Buffer.concat(chunks).toString("utf8")));
      if (data === undefined) resolve(undefined);
      else if (data.Username === "<token>") resolve({ kind: "identity-token", token: data.Secret });
      else resolve({ kind: "password", user: data.Username, password: data.Secret });
    });
    child.stdin.on("error", () => {});
    child.stdin.end(registry);
  });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const splitOnce = (text: string): readonly [string, string] => {
  const at = text.indexOf(":");
  return at < 0 ? ["", ""] : [text.slice(0, at), text.slice(at + 1)];
};

/** Credentials for the engine, which pulls itself. */
export const engineAuth = (registry: string, credentials: Credentials | undefined): RegistryAuth | undefined =>
  credentials === undefined
    ? undefined
    : credentials.kind === "password"
      ? { serveraddress: loginKey(registry), username: credentials.user, password: credentials.password }
      : { serveraddress: loginKey(registry), identitytoken: credentials.token };

/** The login at a registry that the engine is shown when it pulls; undefined when nobody logged in there. */
export const readLogin = async (
  registry: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RegistryAuth | undefined> => engineAuth(registry, await readCredentials(registry, env));

/** Whether a registry's answer, in whatever words the engine passes it on, is that it wants a login or another one. */
export const wantsLogin = (message: string): boolean =>
  /docker login|unauthorized|(?<!proxy )authenticat|no basic auth|access denied|^denied|: denied|forbidden/i.test(
    message,
  );
