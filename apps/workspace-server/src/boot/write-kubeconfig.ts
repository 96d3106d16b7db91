import { chown, mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Identity } from "../identity/identity.ts";

/** Outside the home: neither checkpoints nor exports take the key to a cluster along. */
export const kubeconfigPath = "/run/atelier-kube/config";

/** Puts the kubeconfig where the student's programs find it, readable by the student alone. Answers the variable that says where. */
export const writeKubeconfig = async (
  text: string,
  { uid, gid }: Pick<Identity, "uid" | "gid">,
  path = kubeconfigPath,
): Promise<Readonly<Record<string, string>>> => {
  if (text === "") return {};
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await chown(`${path}.new`, uid, gid);
  await rename(`${path}.new`, path);
  return { KUBECONFIG: path };
};
