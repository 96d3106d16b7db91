import { createK3d, type Engine, imageOfK3s, k3dMissing } from "@atelier/backend-docker";
import type { BuildRecord } from "@atelier/domain";
import type { Finding } from "./finding.ts";

export interface K3dPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined: none answers, which is a finding of its own. */
  readonly engine: Pick<Engine, "inspectImage"> | undefined;
  /** Builds that are kept on this machine. */
  readonly records: readonly Pick<BuildRecord, "workshop" | "cluster">[];
}

/** Whether clusters can be had here. Where no workshop that was built wants one, k3d's absence is nothing to look at. */
export const k3dFinding = async ({ env, engine, records }: K3dPlace): Promise<Finding> => {
  const { program } = createK3d(env);
  const wanting = records.filter(({ cluster }) => cluster !== undefined);
  const names = [...new Set(wanting.map(({ workshop }) => workshop))].sort().join(", ");
  if (program === undefined)
    return wanting.length === 0
      ? finding("ok", "not on PATH; only workshops with infrastructure.cluster need it (k3d 5, https://k3d.io)")
      : finding("error", `not on PATH, and these workshops want a cluster: ${names}`, k3dMissing().hint);
  const images = new Set(wanting.flatMap(({ cluster }) => (cluster?.version ? [imageOfK3s(cluster.version)] : [])));
  const missing: string[] = [];
  for (const image of engine ? images : []) if ((await engine?.inspectImage(image)) === undefined) missing.push(image);
  return missing.length === 0
    ? finding("ok", program)
    : finding(
        "warning",
        `${program}; not in the engine, and fetched by the first start: ${missing.sort().join(", ")}`,
        `Where no registry answers, bring it with docker load; else fetch it now: docker pull ${missing[0]}`,
      );
};

const finding = (status: Finding["status"], found: string, fix = ""): Finding => ({ check: "k3d", status, found, fix });
