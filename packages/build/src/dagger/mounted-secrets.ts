import type { Client, Container } from "@dagger.io/dagger";
import type { CommandIdentity } from "../chain/identity.ts";

const folder = "/run/secrets";

/** How an execution has its secrets. */
export interface MountedSecrets {
  mount(client: Client, container: Container): Container;
  /** Paths to unmount afterwards. */
  readonly paths: readonly string[];
  /** Commands for `sh`, as root, that have to run first. */
  readonly script: readonly string[];
}

/**
 * Secrets as files that their command's user alone reads. Dagger's are texts: where one is none, all come in base64
 * and are decoded into memory.
 */
export const secretsFor = (
  names: readonly string[],
  values: Readonly<Record<string, Uint8Array>>,
  { uid, gid }: Pick<CommandIdentity, "uid" | "gid">,
): MountedSecrets => {
  const secrets = names.map((name) => ({ name, bytes: Buffer.from(values[name] ?? "") }));
  if (secrets.every(({ bytes }) => isText(bytes)))
    return {
      mount: (client, container) =>
        secrets.reduce(
          (made, { name, bytes }) =>
            made.withMountedSecret(`${folder}/${name}`, client.setSecret(secretId(name), bytes.toString("utf8")), {
              owner: `${uid}:${gid}`,
              mode: 0o600,
            }),
          container,
        ),
      paths: names.map((name) => `${folder}/${name}`),
      script: [],
    };
  return {
    mount: (client, container) =>
      secrets.reduce(
        (made, { name, bytes }) =>
          made.withMountedSecret(encodedPath(name), client.setSecret(secretId(name), bytes.toString("base64")), {
            mode: 0o400,
          }),
        container.withMountedTemp(folder),
      ),
    paths: [...names.map(encodedPath), folder],
    script: names.map(
      (name) =>
        `(umask 077; base64 -d < ${encodedPath(name)} > ${folder}/${name} && chown ${uid}:${gid} ${folder}/${name}) || exit`,
    ),
  };
};

const secretId = (name: string): string => `atelier-secret-${name}`;
const encodedPath = (name: string): string => `/opt/atelier/.secret-${name}`;
const isText = (bytes: Buffer): boolean => Buffer.from(bytes.toString("utf8")).equals(bytes);
