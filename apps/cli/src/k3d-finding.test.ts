import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createAtelierCli } from "@atelier/testkit";
import { k3dFinding } from "./k3d-finding.ts";

const folder = mkdtempSync(join(tmpdir(), "atelier-k3d-finding-"));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, "k3d"), "#!/bin/sh\n", { mode: 0o755 });
const [without, withK3d] = [{ PATH: "/nonexistent" }, { PATH: folder }];
const cluster = { version: "1.31.4", onReset: "recreate" } as const;
const records = [{ workshop: "plain" }, { workshop: "zoo", cluster }, { workshop: "ark", cluster }];
const engineWith = (...images: string[]) => ({
  inspectImage: async (reference: string) => (images.includes(reference) ? ({} as never) : undefined),
});

test("doctor: k3d is missed where a workshop that was built wants a cluster, and nowhere else", async () => {
  const none = await k3dFinding({ env: without, engine: engineWith(), records: [{ workshop: "plain" }] });
  assert.equal(none.status, "ok");
  assert.match(none.found, /^not on PATH; only workshops with infrastructure\.cluster need it/);
  assert.deepEqual(await k3dFinding({ env: without, engine: engineWith(), records }), {
    check: "k3d",
    status: "error",
    found: "not on PATH, and these workshops want a cluster: ark, zoo",
    fix: "Install k3d 5 (https://k3d.io), or remove infrastructure.cluster from workshop.yaml.",
  });
});

test("doctor: an image of k3s that is not there yet is named, with how to bring it", async () => {
  const image = "rancher/k3s:v1.31.4-k3s1";
  const ok = { check: "k3d", status: "ok", found: join(folder, "k3d"), fix: "" };
  assert.deepEqual(await k3dFinding({ env: withK3d, engine: engineWith(image), records }), ok);
  assert.deepEqual(await k3dFinding({ env: withK3d, engine: undefined, records }), ok);
  const missing = await k3dFinding({ env: withK3d, engine: engineWith(), records });
  assert.equal(missing.status, "warning");
  assert.ok(missing.found.endsWith(`fetched by the first start: ${image}`), missing.found);
  assert.ok(missing.fix.endsWith(`docker pull ${image}`), missing.fix);
});

test("run refuses a workshop with a cluster where k3d is missing, before it asks an engine for anything", async () => {
  await using atelier = await createAtelierCli({
    PATH: "/nonexistent",
    DOCKER_HOST: "unix:///nonexistent/docker.sock",
  });
  await atelier.write({
    "w/workshop.yaml":
      'version: v1\nworkshop: { name: w, version: "1", title: W }\nbase: { image: "debian:12" }\ninfrastructure: { cluster: { version: "1.31.4" } }\nsteps: [one]\n',
    "w/steps/one/step.yaml": "title: One\n",
    "w/steps/one/content.md": "# One\n",
  });
  const { code, stdout, stderr } = await atelier.run("run", "w");
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /This workshop wants a Kubernetes cluster, and there is no k3d on this machine's PATH\./);
  assert.match(stderr, /Install k3d 5 \(https:\/\/k3d\.io\)/);
});
