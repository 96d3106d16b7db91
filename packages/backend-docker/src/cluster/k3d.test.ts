import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach, test } from "node:test";
import { createRecordingK3d, testedK3s, undocumentedIn } from "@atelier/testkit";
import type { WorkspaceSettings } from "../workspaces/workspace-labels.ts";
import { createK3d, imageOfK3s, insideNetwork } from "./k3d.ts";
import { clusterName, resetCluster, startCluster, stopCluster } from "./workspace-cluster.ts";

const folder = mkdtempSync(join(tmpdir(), "atelier-k3d-"));
/** The real one where there is one that works, else a stand-in: the names of the tests say which. */
const recording = createRecordingK3d(folder, process.env);
const { title, env } = recording;
const k3d = createK3d(env);
const signal = AbortSignal.timeout(recording.isReal ? 900_000 : 120_000);
const settings = { id: randomUUID(), name: "demo" } as unknown as WorkspaceSettings;
const stateId = "abcdef";
const name = clusterName(stateId, settings.id);
const network = `atelier-${stateId}-${settings.id.slice(0, 8)}`;
const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8" }).trim();

if (recording.isReal) docker("network", "create", network);
beforeEach(() => recording.forget());
afterEach(() => k3d.remove(name, signal));
after(() => {
  if (recording.isReal) docker("network", "rm", network);
  rmSync(folder, { recursive: true });
});

const kept = new Map<string, string>();
const options = (onReset: "recreate" | "keep", version: string = testedK3s.version) => ({
  k3d,
  state: { id: stateId, saveKubeconfig: (id: string, text: string) => void kept.set(id, text) },
  settings,
  cluster: { version, onReset },
  network,
  labels: { "dev.atelier.state": stateId, "dev.atelier.role": "cluster" },
  signal,
});
/** Of the calls since it was last asked. */
const verbs = (): readonly string[] => {
  const all = recording.calls().map(([noun, verb]) => `${noun} ${verb}`);
  recording.forget();
  return all;
};

test(`${title}: every call has only documented flags, and the host's kubeconfig is left alone`, async () => {
  await startCluster(options("recreate"));
  await resetCluster(options("recreate"));
  await k3d.stop(name, signal);
  await k3d.remove(name, signal);
  const calls = recording.calls();
  assert.deepEqual(
    calls.map(undocumentedIn).filter((word) => word !== undefined),
    [],
  );
  const create = calls.find(([noun, verb]) => noun === "cluster" && verb === "create") ?? [];
  assert.match(name, /^atelier-[0-9a-f]{12}$/);
  assert.deepEqual(create, [
    ...["cluster", "create", name, "--network", network, "--api-port", "127.0.0.1:0"],
    ...["--image", testedK3s.image, "--k3s-arg", `--tls-san=k3d-${name}-serverlb@server:0`],
    ...["--runtime-label", `dev.atelier.state=${stateId}@all`, "--runtime-label", "dev.atelier.role=cluster@all"],
    ...["--kubeconfig-update-default=false", "--kubeconfig-switch-context=false", "--wait", "--timeout", "180s"],
  ]);
});

test(`${title}: a cluster is made once, started again, made anew by a reset or kept`, async () => {
  await startCluster(options("recreate"));
  assert.deepEqual(verbs(), ["cluster list", "cluster create", "kubeconfig get"]);
  await startCluster(options("recreate"));
  assert.deepEqual(verbs(), ["cluster list", "cluster start", "kubeconfig get"]);
  await resetCluster(options("recreate"));
  assert.deepEqual(verbs(), [
    ...["cluster list", "cluster delete", "cluster list", "cluster create"],
    "kubeconfig get",
  ]);
  await resetCluster(options("keep"));
  assert.deepEqual(verbs(), ["cluster list", "cluster start", "kubeconfig get"]);
  assert.match(kept.get(settings.id) ?? "", new RegExp(`server: https://k3d-${name}-serverlb:6443\n`));
});

test(`${title}: what it says when it fails is told, with what to do about a missing image`, async () => {
  await assert.rejects(startCluster(options("recreate", "0.0.0-k3s0")), {
    code: "k3d-failed",
    message: /k3d cluster create ended with 1: /,
    hint: /docker pull rancher\/k3s/,
  });
});

test(`${title}: a cluster that is gone, or never came to be, is as good as stopped`, async () => {
  await assert.rejects(k3d.stop(name, signal), { code: "k3d-failed" });
  await stopCluster(k3d, name, signal);
  await startCluster(options("recreate"));
  verbs();
  await stopCluster(k3d, name, signal);
  assert.deepEqual(verbs(), ["cluster list", "cluster stop"]);
});

test("a k3d that is installed later is found by whoever has looked before", () => {
  const later = join(folder, "later");
  mkdirSync(later);
  const found = createK3d({ PATH: later });
  assert.equal(found.program, undefined);
  writeFileSync(join(later, "k3d"), "#!/bin/sh\n", { mode: 0o755 });
  assert.equal(found.program, join(later, "k3d"));
});

test("without k3d there is a clear error before anything is tried", async () => {
  const none = createK3d({ PATH: "/nonexistent" });
  assert.equal(none.program, undefined);
  await assert.rejects(none.exists("x", signal), { code: "k3d-missing", hint: /Install k3d 5/ });
});

test("versions become images, and a server's address becomes the one inside", () => {
  assert.deepEqual(["1.31.4", "v1.31.4", "v1.30.2-k3s2", "registry.example/k3s:v1.30.2-k3s2"].map(imageOfK3s), [
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

test("a k3d that does not run, or speaks of something else, is said to be so", async () => {
  const broken = join(folder, "broken");
  mkdirSync(broken);
  writeFileSync(join(broken, "k3d"), "#!/nonexistent/interpreter\n", { mode: 0o755 });
  await assert.rejects(createK3d({ PATH: broken }).exists("x", signal), {
    code: "k3d-failed",
    message: /broken\/k3d cannot be run/,
  });
  writeFileSync(join(broken, "k3d"), "#!/bin/sh\necho deprecated\n", { mode: 0o755 });
  await assert.rejects(createK3d({ PATH: broken }).exists("x", signal), { code: "k3d-failed", message: /deprecated/ });
});
