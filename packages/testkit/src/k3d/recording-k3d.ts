import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chooseK3d } from "./choose-k3d.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A `k3d` on a PATH of its own that records every call, and then is the real one or stands in for it. */
export interface RecordingK3d {
  /** Begins the names of tests: `k3d 5.8.3`, or `stand-in for k3d (…)`. */
  readonly title: string;
  readonly isReal: boolean;
  /** Has it on its PATH. */
  readonly env: Env;
  /** Words of each call since the last {@link forget}. */
  calls(): readonly (readonly string[])[];
  forget(): void;
}

/** Keeps clusters as files: no more of k3d than its command line, its list, what it refuses and the form of its kubeconfig. */
const pretend = (at: (name: string) => string): string => `case "$1 $2" in
"cluster create")
  case "$*" in *:v0.0.0-*) echo 'FATA[0001] failed to pull image: manifest unknown' >&2; exit 1;; esac
  # Every cluster has an authority of its own.
  echo $$ > ${at("cluster-")}$3;;
"cluster delete") rm -f ${at("cluster-")}$3;;
"cluster start"|"cluster stop")
  [ -e ${at("cluster-")}$3 ] || { echo "FATA[0000] No nodes found for given cluster" >&2; exit 1; };;
"cluster list")
  printf '['; first=1
  for file in ${at("cluster-")}*; do
    [ -e "$file" ] || continue
    [ $first = 1 ] || printf ','
    first=0; printf '{"name":"%s"}' "\${file#${at("cluster-")}}"
  done
  echo ']';;
"kubeconfig get") printf 'apiVersion: v1\\nkind: Config\\nclusters:\\n- cluster:\\n    certificate-authority-data: %s\\n    server: https://127.0.0.1:40123\\n  name: k3d-%s\\n' "$(cat ${at("cluster-")}$3)" "$3";;
esac
`;

/**
 * Writes it into a folder.
 * @param isAlwaysStandIn where the containers themselves are pretended, a real cluster would have nothing to join
 */
export const createRecordingK3d = (
  folder: string,
  env: Env,
  { isAlwaysStandIn = false }: { readonly isAlwaysStandIn?: boolean } = {},
): RecordingK3d => {
  const at = (name: string): string => join(folder, name);
  const { program, title } = isAlwaysStandIn ? { program: undefined, title: "stand-in for k3d" } : chooseK3d(env);
  const act = program === undefined ? pretend(at) : `exec ${program} "$@"\n`;
  const record = `{ for word; do printf '%s\\t' "$word"; done; echo; } >> ${at("calls")}\n`;
  writeFileSync(at("k3d"), `#!/bin/sh\n${record}${act}`, { mode: 0o755 });
  return {
    title,
    isReal: program !== undefined,
    env: { ...env, PATH: `${folder}${delimiter}${env["PATH"] ?? ""}` },
    calls: () =>
      existsSync(at("calls"))
        ? readFileSync(at("calls"), "utf8")
            .trimEnd()
            .split("\n")
            .map((line) => line.replace(/\t$/, "").split("\t"))
        : [],
    forget: () => rmSync(at("calls"), { force: true }),
  };
};
