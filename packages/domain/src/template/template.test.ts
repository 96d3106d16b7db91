import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRequirements } from "../capability/check-requirements.ts";
import type { Diagnostic } from "../problem/diagnostic.ts";
import { checkKeyExposure } from "./key-exposure.ts";
import { effectiveTemplate } from "./effective-template.ts";
import { defaultTemplate, type ParsedTemplate, parseTemplate } from "./parse-template.ts";
import { deriveRequirements } from "./template-requirements.ts";

const head = "apiVersion: atelier.dev/v1alpha1\nkind: WorkspaceTemplate\nmetadata: {name: class}\n";

const parse = (spec: string): ParsedTemplate => parseTemplate("class.yaml", new TextEncoder().encode(`${head}${spec}`));

/** `unknown-key class.yaml:5:3 spec.lifecycel`. */
const line = ({ code, at, path }: Diagnostic): string => `${code} ${at?.file}:${at?.line}:${at?.column} ${path}`;

const lines = (spec: string): readonly string[] => parse(spec).diagnostics.map(line);

test("an empty template and none at all give the same defaults", () => {
  const { value, diagnostics } = parse("spec: {}\n");
  assert.deepEqual(diagnostics, []);
  assert.deepEqual({ ...value, name: "default" }, defaultTemplate());
  assert.deepEqual(defaultTemplate(), {
    name: "default",
    parameters: {},
    lifecycle: { retainSeconds: 7 * 86_400, prewarm: "container" },
    isolation: { mode: "individual" },
    resources: { container: {}, quota: {}, storage: {} },
    network: { egress: "internet", acceptUnenforced: false },
    access: { webTerminal: true, rbac: "none" },
    monitoring: { aggregate: false },
    recording: { commands: "on", terminal: "on" },
    help: { provider: "none", limits: { perMinute: 6 }, acceptKeyExposure: false },
    pod: { nodeSelector: {}, tolerations: [], labels: {}, annotations: {} },
    images: { pullSecrets: [], rewrite: [] },
    batch: {},
    timezone: "UTC",
  });
});

test("durations, quantities and networks are normalised", () => {
  const { value, diagnostics } = parse(`spec:
  parameters: {GREETING: hello, COUNT: 3}
  lifecycle: {ttl: 1h30m, retain: 2d, idleSuspend: 20m, prewarm: next}
  resources: {container: {cpu: 500m, memory: 1Gi, pids: 99}, quota: {pods: 10}, storage: {className: fast, size: 2G}}
  network: {egress: [{cidr: 10.0.0.0/8, ports: [443]}, {cidr: "2001:db8::/32"}]}
  timezone: Europe/Zurich
`);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(value?.parameters, { GREETING: "hello", COUNT: "3" });
  assert.deepEqual(value?.lifecycle, {
    ttlSeconds: 5400,
    retainSeconds: 172_800,
    idleSuspendSeconds: 1200,
    prewarm: "next",
  });
  assert.deepEqual(value?.resources, {
    container: { cpu: 0.5, memoryBytes: 2 ** 30, pids: 99 },
    quota: { pods: "10" },
    storage: { className: "fast", sizeBytes: 2e9 },
  });
  assert.deepEqual(value?.network.egress, [
    { cidr: "10.0.0.0/8", ports: [443] },
    { cidr: "2001:db8::/32", ports: [] },
  ]);
  assert.equal(value?.timezone, "Europe/Zurich");
});

test("every mistake is named at its place, all at once", () => {
  const text = `spec:
  lifecycel: {}
  lifecycle:
    ttl: 90
  isolation:
    mode: teem
  network:
    egress: [{cidr: 10.0.0.0}]
  access:
    webTerminal: yes
  timezone: Mars/Olympus
`;
  assert.deepEqual(lines(text), [
    "unknown-key class.yaml:5:3 spec.lifecycel",
    "bad-duration class.yaml:7:10 spec.lifecycle.ttl",
    "wrong-type class.yaml:9:11 spec.isolation.mode",
    "bad-cidr class.yaml:11:21 spec.network.egress[0].cidr",
    "yaml-ambiguous class.yaml:13:18 spec.access.webTerminal",
    "bad-timezone class.yaml:14:13 spec.timezone",
  ]);
  assert.deepEqual(
    parse(text).diagnostics.flatMap(({ remedy }) => (remedy.startsWith("Did you mean") ? [remedy] : [])),
    ['Did you mean "lifecycle"?', 'Did you mean "team"?'],
  );
  assert.equal(parse(text).value, undefined);
});

test("a document of another kind, and none, are no template", () => {
  const other = parseTemplate("x.yaml", new TextEncoder().encode("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"));
  assert.deepEqual(
    other.diagnostics.map(({ code, path }) => [code, path]),
    [
      ["unknown-format-version", "apiVersion"],
      ["wrong-type", "kind"],
    ],
  );
  for (const bytes of [new Uint8Array(), new Uint8Array([0xff, 0xfe]), new TextEncoder().encode("{")]) {
    const { value, diagnostics } = parseTemplate("x.yaml", bytes);
    assert.equal(value, undefined);
    assert.ok(diagnostics.some(({ severity }) => severity === "error"));
  }
});

test("help needs all that its provider needs, and nothing without one", () => {
  assert.deepEqual(lines("spec:\n  help:\n    provider: anthropic\n"), [
    "help-incomplete class.yaml:6:5 spec.help.model",
    "help-incomplete class.yaml:6:5 spec.help.keyFrom",
  ]);
  assert.deepEqual(
    lines("spec:\n  help: {provider: openai-compatible, model: m, endpoint: http://127.0.0.1:8000/v1}\n"),
    [],
  );
  assert.deepEqual(lines("spec:\n  help:\n    model: m\n"), ["help-incomplete class.yaml:6:5 spec.help.model"]);
  assert.deepEqual(
    lines("spec:\n  help: {provider: anthropic, model: m, keyFrom: {env: A, file: b}}\n").map(
      (text) => text.split(" ")[0],
    ),
    ["exactly-one"],
  );
  assert.deepEqual(lines("spec:\n  help: {provider: claude, model: m}\n"), [
    "wrong-type class.yaml:5:20 spec.help.provider",
  ]);
});

test("a provider's key and root rights need a word of acceptance", () => {
  const spec = (more: string): ParsedTemplate =>
    parse(`spec:\n  help: {provider: anthropic, model: m, keyFrom: {env: KEY}${more}}\n`);
  const codes = (
    parsed: ParsedTemplate,
    workshop: { readonly user: "student" | "root"; readonly sudo: boolean },
  ): readonly string[] =>
    checkKeyExposure({ template: parsed.value ?? defaultTemplate(), written: parsed.written, workshop }).map(line);
  const exposed = ["key-exposure class.yaml:5:10 spec.help.acceptKeyExposure"];
  assert.deepEqual(codes(spec(""), { user: "student", sudo: true }), exposed);
  assert.deepEqual(codes(spec(""), { user: "root", sudo: false }), exposed);
  assert.deepEqual(codes(spec(""), { user: "student", sudo: false }), []);
  assert.deepEqual(codes(spec(", acceptKeyExposure: true"), { user: "root", sudo: true }), []);
  assert.deepEqual(codes(parse("spec: {}\n"), { user: "root", sudo: true }), []);
});

test("requirements carry path, value and place, only for what is written and not harmless", () => {
  const { written } = parse(
    "spec:\n  isolation: {mode: team}\n  access: {rbac: none}\n  timezone: UTC\n  lifecycle: {ttl: wrong}\n",
  );
  assert.deepEqual(
    deriveRequirements(written, {
      infrastructure: { services: [], cluster: { provider: "vcluster", onReset: "keep" } },
    }),
    [
      {
        capability: "team-mode",
        path: "spec.isolation.mode",
        value: "team",
        at: { file: "class.yaml", line: 5, column: 15 },
      },
      { capability: "nested-cluster-vcluster", path: "infrastructure.cluster.provider" },
    ],
  );
});

test("the acceptance example: team mode is refused on Docker and fine on Kubernetes but for one warning", () => {
  const requirements = deriveRequirements(parse("spec: {isolation: {mode: team}}\n").written);
  const codes = (...args: Parameters<typeof checkRequirements>): readonly string[] =>
    checkRequirements(...args).map(({ severity, code }) => `${severity} ${code}`);
  assert.deepEqual(codes(requirements, "docker", { mode: "run" }), ["error capability-unavailable"]);
  assert.deepEqual(codes(requirements, "kubernetes", { mode: "validate" }), ["warning not-in-this-version"]);
  assert.deepEqual(codes(requirements, "kubernetes", { mode: "run" }), ["error not-in-this-version"]);
});

test("the effective template answers for every key with its origin", () => {
  const effective = effectiveTemplate(parse("spec:\n  lifecycle:\n    ttl: 8h\n").written);
  const of = (path: string): unknown => effective.find((key) => key.path === path);
  assert.deepEqual(of("spec.lifecycle.ttl"), {
    path: "spec.lifecycle.ttl",
    value: "8h",
    origin: { file: "class.yaml", line: 6, column: 5 },
  });
  assert.deepEqual(of("spec.timezone"), { path: "spec.timezone", value: "UTC", origin: "default" });
  assert.deepEqual(of("spec.access.oidc"), { path: "spec.access.oidc", value: undefined, origin: "default" });
});
