import { platformPaths } from "@atelier/contract";

/** Whom a process in the container runs as. Resolved from `/workshop/image.json`, never from NSS. */
export interface Identity {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  readonly home: string;
}

/**
 * argv that executes `argv` as `identity` with exactly its uid, gid, groups and no capability.
 * Gotchas: node-pty's and spawn's own `uid`/`gid` leave the server's supplementary groups on the child.
 */
export const asIdentity = (identity: Identity, argv: readonly string[]): readonly string[] => [
  platformPaths.setpriv,
  `--reuid=${identity.uid}`,
  `--regid=${identity.gid}`,
  identity.groups.length > 0 ? `--groups=${identity.groups.join(",")}` : "--clear-groups",
  "--inh-caps=-all",
  "--",
  ...argv,
];
