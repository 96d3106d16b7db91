import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import type { WorkspaceSettings } from "../workspaces/workspace-labels.ts";
import { createK3d, imageOf, insideNetwork } from "./k3d.ts";
import { clusterName, resetCluster, startCluster } from "./workspace-cluster.ts";

/** Flags of k3d 5 by command, with whether a value follows as the next word: https://k3d.io/stable/usage/commands */
const documented: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  "cluster create": {
    "--network": true,
    "--api-port": true,
    "--image": true,
    "--k3s-arg": true,
    "--runtime-label": true,
    "--kubeconfig-update-default": false,
    "--kubeconfig-switch-context": false,
    "--wait": false,
    "--timeout": true,
  },
  "cluster start": { "--wait": false, "--timeout": true },
  "cluster stop": {},
  "cluster delete": {},
  "cluster list": { "--output": true },
  "kubeconfig get": {},
};

const folder = mkdtempSync(join(tmpdir(), "atelier-k3d-"));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** Records its argv and keeps clusters as files: no more of k3d than its command line. */
writeFileSync(
  at("k3d"),
  `#!/bin/sh
{ for word; do printf '%s\\t' "$word"; done; echo; } >> ${at("calls")}
[ -e ${at("fails")} ] && { cat ${at("fails")} >&2; exit 1; }
case "$1 $2" in
"cluster create") touch ${at("cluster-")}$3;;
"cluster delete") rm -f ${at("cluster-")}$3;;
"cluster list") printf '['; first=1; for file in ${at("cluster-")}*; do [ -e "$file" ] || continue; [ $first = 1 ] || printf ','; first=0; printf '{"name":"%s"}' "\${file#${at("cluster-")}}"; done; echo ']';;
"kubeconfig get") printf 'apiVersion: v1\\nclusters:\\n- cluster:\\n    server: https://127.0.0.1:40123\\n  name: k3d-%s\\n' "$3";;
esac
`,
  { mode: 0o755 },
);
const env = { PATH: `${folder}:${process.env["PATH"]}` };
const signal = AbortSignal.timeout(120_000);
const calls = (): readonly (readonly string[])[] =>
  existsSync(at("calls"))
    ? readFileSync(at("calls"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => line.replace(/\t$/, "").split("\t"))
    : [];
beforeEach(() => {
  rmSync(at("calls"), { force: true });
  rmSync(at("fails"), { force: true });
});

const settings = { id: "11111111-2222", name: "demo" } as unknown as WorkspaceSettings;
const kept = new Map<string, string>();
const options = (onReset: "recreate" | "keep") => ({
  k3d: createK3d(env),
  state: { id: "abcdef", saveKubeconfig: (id: string, text: string) => void kept.set(id, text) },
  settings,
  cluster: { version: "1.31.4", onReset },
  network: "atelier-abcdef-demo",
  labels: { "dev.atelier.state": "abcdef", "dev.atelier.role": "cluster" },
  signal,
});
const verbs = (): readonly string[] => calls().map(([noun, verb]) => `${noun} ${verb}`);

test("stand-in for k3d: every call has only documented flags, and the host's kubeconfig is left alone", async () => {
  await startCluster(options("recreate"));
  await resetCluster(options("recreate"));
  await createK3d(env).stop(clusterName("abcdef", settings.id), signal);
  await createK3d(env).remove(clusterName("abcdef", settings.id), signal);
  for (const [noun, verb, ...rest] of calls()) {
    const flags = documented[`${noun} ${verb}`];
    assert.ok(flags, `${noun} ${verb} is a command of k3d`);
    for (let index = 0; index < rest.length; index++) {
      const [flag = "", inline] = (rest[index] ?? "").split("=", 2);
      if (!flag.startsWith("--")) continue;
      assert.ok(flag in flags, `${noun} ${verb} ${flag}`);
      if (flags[flag] === true && inline === undefined) index++;
    }
  }
  const create = calls().find(([noun, verb]) => noun === "cluster" && verb === "create") ?? [];
  const name = clusterName("abcdef", settings.id);
  assert.match(name, /^atelier-[0-9a-f]{12}$/);
  assert.deepEqual(create, [
    ...["cluster", "create", name, "--network", "atelier-abcdef-demo", "--api-port", "127.0.0.1:0"],
    ...["--image", "rancher/k3s:v1.31.4-k3s1", "--k3s-arg", `--tls-san=k3d-${name}-serverlb@server:0`],
    ...["--runtime-label", "dev.atelier.state=abcdef@all", "--runtime-label", "dev.atelier.role=cluster@all"],
    ...["--kubeconfig-update-default=false", "--kubeconfig-switch-context=false", "--wait", "--timeout", "180s"],
  ]);
});

test("stand-in for k3d: a cluster is made once, started again, made anew by a reset or kept", async () => {
  await startCluster(options("recreate"));
  assert.deepEqual(verbs(), ["cluster list", "cluster create", "kubeconfig get"]);
  rmSync(at("calls"));
  await startCluster(options("recreate"));
  assert.deepEqual(verbs(), ["cluster list", "cluster start", "kubeconfig get"]);
  rmSync(at("calls"));
  await resetCluster(options("recreate"));
  assert.deepEqual(verbs(), [
    ...["cluster list", "cluster delete", "cluster list", "cluster create"],
    "kubeconfig get",
  ]);
  rmSync(at("calls"));
  await resetCluster(options("keep"));
  assert.deepEqual(verbs(), ["cluster list", "cluster start", "kubeconfig get"]);
  const name = clusterName("abcdef", settings.id);
  assert.match(kept.get(settings.id) ?? "", new RegExp(`server: https://k3d-${name}-serverlb:6443\n`));
});

test("stand-in for k3d: what it says when it fails is told, with what to do about a missing image", async () => {
  writeFileSync(at("fails"), "FATA[0001] failed to pull image rancher/k3s:v9: manifest unknown\n");
  await assert.rejects(startCluster(options("recreate")), {
    code: "k3d-failed",
    message: /k3d cluster list ended with 1: .*manifest unknown/,
    hint: /docker pull rancher\/k3s/,
  });
});

test("without k3d there is a clear error before anything is tried", async () => {
  const none = createK3d({ PATH: "/nonexistent" });
  assert.equal(none.program, undefined);
  await assert.rejects(none.exists("x", signal), { code: "k3d-missing", hint: /Install k3d 5/ });
});

test("versions become images, and a server's address becomes the one inside", () => {
  assert.deepEqual(["1.31.4", "v1.31.4", "v1.30.2-k3s2", "registry.example/k3s:v1.30.2-k3s2"].map(imageOf), [
    "rancher/k3s:v1.31.4-k3s1",
    "rancher/k3s:v1.31.4-k3s1",
    "rancher/k3s:v1.30.2-k3s2",
    "registry.example/k3s:v1.30.2-k3s2",
  ]);
  assert.equal(
    insideNetwork("a:\n    server: https://0.0.0.0:6550\n", "k3d-x-serverlb"),
    "a:\n    server: https://k3d-x-serverlb:6443\n",
  );
  assert.throws(() => insideNetwork("nothing", "x"), { code: "k3d-failed" });
});
