import assert from "node:assert/strict";
import { test } from "node:test";
import { capabilities, capability, findCapability } from "./capabilities.ts";
import { capabilitiesMarkdown } from "./capability-table.ts";
import { backends } from "./capability.ts";
import { checkRequirements } from "./check-requirements.ts";
import { unmetWords } from "./unmet-words.ts";
import { requirementsOfWorkshop } from "./workshop-requirements.ts";

const said = (...args: Parameters<typeof checkRequirements>): readonly string[] =>
  checkRequirements(...args).map(({ severity, code, message, remedy }) => `${severity} ${code}: ${message} ${remedy}`);

test("the matrix keeps its shape: unique ids, no version where the answer is no", () => {
  assert.equal(new Set(capabilities.map(({ id }) => id)).size, capabilities.length);
  assert.equal(capabilities.length, 24);
  for (const entry of capabilities)
    for (const backend of backends)
      if (entry[backend] === "no") assert.equal(entry.availableIn[backend], undefined, entry.id);
  assert.deepEqual(capability("team-mode"), findCapability("team-mode"));
  assert.equal(findCapability("flying"), undefined);
});

test("every no of the matrix has words that say why, and nothing else has", () => {
  for (const entry of capabilities)
    for (const backend of backends)
      assert.equal(unmetWords(backend, entry.id) !== undefined, entry[backend] === "no", `${backend} ${entry.id}`);
});

test("what the backend lacks is refused with path, reason and remedy, in the words of the design", () => {
  assert.deepEqual(
    said([{ capability: "team-mode", path: "spec.isolation.mode", value: "team" }], "docker", { mode: "run" }),
    [
      'error capability-unavailable: spec.isolation.mode: team mode needs the Kubernetes backend; the Docker backend is single-user. Set isolation.mode to "individual", or target --backend kubernetes.',
    ],
  );
});

test("all unmet requirements come at once", () => {
  const requirements = ["oidc", "rbac", "ttl", "unheard-of"].map((id) => ({
    capability: id,
    path: `spec.${id}`,
    // A detail that is still to come of something that is there.
    ...(id === "ttl" ? { isNotDoneYet: true as const } : {}),
  }));
  assert.deepEqual(
    checkRequirements(requirements, "docker", { mode: "validate" }).map(({ severity, code, path }) => [
      severity,
      code,
      path,
    ]),
    [
      ["error", "capability-unavailable", "spec.oidc"],
      ["error", "capability-unavailable", "spec.rbac"],
      ["error", "capability-unavailable", "spec.unheard-of"],
      ["warning", "not-in-this-version", "spec.ttl"],
    ],
  );
});

test("a backend of which nothing is done is said exactly once, and refused when something is to run", () => {
  const requirements = ["oidc", "rbac", "ttl"].map((id) => ({ capability: id, path: `spec.${id}` }));
  for (const [mode, severity] of [
    ["validate", "warning"],
    ["run", "error"],
  ] as const)
    assert.deepEqual(
      checkRequirements(requirements, "kubernetes", { mode }).map((found) => [
        found.severity,
        found.code,
        found.message,
      ]),
      [[severity, "not-in-this-version", "The Kubernetes backend is not in this version yet."]],
    );
});

test("a workshop's cluster asks for its provider, or for whichever the backend makes", () => {
  const of = (provider?: "k3d" | "vcluster"): ReturnType<typeof requirementsOfWorkshop> =>
    requirementsOfWorkshop({
      infrastructure: { cluster: { onReset: "keep", ...(provider ? { provider } : {}) }, services: [] },
    });
  const codes = (...args: Parameters<typeof checkRequirements>): readonly string[] =>
    checkRequirements(...args).map(({ code }) => code);
  assert.deepEqual(requirementsOfWorkshop({ infrastructure: { services: [] } }), []);
  assert.deepEqual(codes(of("vcluster"), "docker", { mode: "run" }), ["capability-unavailable"]);
  assert.deepEqual(codes(of("k3d"), "docker", { mode: "run" }), []);
  assert.deepEqual(codes(of(), "docker", { mode: "run" }), []);
  assert.deepEqual(codes(of(), "kubernetes", { mode: "validate" }), ["not-in-this-version"]);
  assert.deepEqual(codes(of("k3d"), "kubernetes", { mode: "validate" }), [
    "not-in-this-version",
    "capability-unavailable",
  ]);
});

test("the table shows every capability with both levels", () => {
  const table = capabilitiesMarkdown();
  for (const { id } of capabilities) assert.ok(table.includes(`\`${id}\``), id);
  assert.match(table, /\| TTL \| `ttl` \| basic: CLI-managed \| 0\.1\.0 \| full: operator-managed \| not yet \|/);
});
