import assert from "node:assert/strict";
import { test } from "node:test";
import { capabilities } from "@atelier/domain";
import { createAtelierCli } from "@atelier/testkit";

/** One template line for every capability that Docker lacks, with the path that asks. */
const asking: Readonly<Record<string, readonly [spec: string, path: string]>> = {
  "team-mode": ["isolation: { mode: team }", "spec.isolation.mode"],
  "resource-quotas": ["resources: { quota: { requests.cpu: '4' } }", "spec.resources.quota"],
  rbac: ["access: { rbac: edit }", "spec.access.rbac"],
  oidc: ["access: { oidc: { issuer: 'https://id.example.org', clientId: atelier } }", "spec.access.oidc"],
  "idle-suspend": ["lifecycle: { idleSuspend: 15m }", "spec.lifecycle.idleSuspend"],
  "network-policies": ["network: { egress: none }", "spec.network.egress"],
  "pod-settings": ["pod: { runtimeClassName: gvisor }", "spec.pod.runtimeClassName"],
  "multi-workspace-aggregation": ["monitoring: { aggregate: true }", "spec.monitoring.aggregate"],
};
/** Rows that no key of a template or workshop asks for by itself. */
const withoutKey = ["namespace-isolation", "nested-cluster-vcluster"];

test("every capability that Docker lacks has a case", () => {
  const lacking = capabilities.filter(({ docker }) => docker === "no").map(({ id }) => id);
  assert.deepEqual([...Object.keys(asking), ...withoutKey].sort(), lacking.sort());
});

const template = (spec: string): string =>
  `apiVersion: atelier.dev/v1alpha1\nkind: WorkspaceTemplate\nmetadata: { name: class }\nspec:\n  ${spec}\n`;

for (const [capability, [spec, path]] of Object.entries(asking))
  test(`a template that asks for ${capability} is refused before anything starts, and fits Kubernetes`, async () => {
    // An engine that cannot be reached: whatever tried to start something would say so.
    await using atelier = await createAtelierCli({ DOCKER_HOST: "unix:///nonexistent/docker.sock" });
    await atelier.succeed("init", "mine");
    await atelier.write({ "class.yaml": template(spec) });
    const run = await atelier.run("run", "mine", "--template", "class.yaml");
    assert.equal(run.code, 3, run.stderr);
    assert.ok(run.stderr.includes("capability-unavailable"), run.stderr);
    assert.ok(run.stderr.includes(path), run.stderr);
    assert.match(run.stderr, /needs the Kubernetes backend[\s\S]*→ .+--backend kubernetes\./);
    const validate = await atelier.run(
      "validate",
      "mine",
      "--template",
      "class.yaml",
      "--backend",
      "kubernetes",
      "--json",
    );
    const report = JSON.parse(validate.stdout) as { valid: boolean; diagnostics: { code: string; severity: string }[] };
    assert.deepEqual(
      [validate.code, report.valid, report.diagnostics.map(({ code, severity }) => `${severity} ${code}`)],
      [0, true, ["warning not-in-this-version"]],
    );
    const kubernetes = await atelier.run("run", "mine", "--template", "class.yaml", "--backend", "kubernetes");
    assert.equal(kubernetes.code, 3);
    assert.ok(kubernetes.stderr.includes("not-in-this-version"));
  });

test("a vcluster is refused with the path in workshop.yaml", async () => {
  await using atelier = await createAtelierCli({ DOCKER_HOST: "unix:///nonexistent/docker.sock" });
  await atelier.succeed("init", "mine");
  const { appendFile } = await import("node:fs/promises");
  await appendFile(`${atelier.folder}/mine/workshop.yaml`, "infrastructure:\n  cluster: { provider: vcluster }\n");
  const run = await atelier.run("run", "mine");
  assert.equal(run.code, 3, run.stderr);
  assert.match(run.stderr, /infrastructure\.cluster\.provider/);
});

test("the wording is the one the design promises", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "mine");
  await atelier.write({ "class.yaml": template("isolation: { mode: team }") });
  const { stderr } = await atelier.run("run", "mine", "--template", "class.yaml");
  assert.match(
    stderr,
    /spec\.isolation\.mode: team mode needs the Kubernetes backend; the Docker backend is single-user\.\n\s+→ Set isolation\.mode to "individual", or target --backend kubernetes\./,
  );
});
