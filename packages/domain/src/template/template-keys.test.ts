import assert from "node:assert/strict";
import { test } from "node:test";
import type { z } from "zod";
import { backends } from "../capability/capability.ts";
import { checkRequirements } from "../capability/check-requirements.ts";
import { definition, schemaAt, unwrapped } from "../spec/shape/schema-at.ts";
import { parseTemplate } from "./parse-template.ts";
import { templateKeys } from "./template-keys.ts";
import { templateKeysMarkdown } from "./template-key-table.ts";
import { deriveRequirements } from "./template-requirements.ts";
import { templateSchema } from "./template-schema.ts";

/** Paths of the schema's keys: down to what the table knows, or to what is no mapping. */
const leaves = (schema: z.ZodType, path: string): readonly string[] => {
  const { shape } = definition(unwrapped(schema));
  if (shape === undefined || templateKeys.some((key) => key.path === path)) return [path];
  return Object.entries(shape).flatMap(([name, inner]) => leaves(inner, path === "" ? name : `${path}.${name}`));
};

test("the table has every key of the schema, once, and no other", () => {
  const spec = schemaAt(templateSchema, ["spec"]);
  assert.ok(spec);
  assert.deepEqual(templateKeys.map(({ path }) => path).toSorted(), leaves(spec, "").toSorted());
});

/** A value for every key that is not what holds anyway, with what else has to be written for it to fit. */
const samples: Readonly<
  Record<string, { readonly value: unknown; readonly beside?: Readonly<Record<string, unknown>> }>
> = {
  parameters: { value: { GREETING: "hello" } },
  "lifecycle.ttl": { value: "8h" },
  "lifecycle.retain": { value: "1d" },
  "lifecycle.idleSuspend": { value: "20m" },
  "lifecycle.prewarm": { value: "next" },
  "isolation.mode": { value: "team" },
  "resources.container.cpu": { value: 0.5 },
  "resources.container.memory": { value: "1Gi" },
  "resources.container.pids": { value: 100 },
  "resources.quota": { value: { pods: "10" } },
  "resources.storage.className": { value: "fast" },
  "resources.storage.size": { value: "1Gi" },
  "network.egress": { value: "internet" },
  "network.acceptUnenforced": { value: true },
  "network.proxy": { value: "http://proxy.example:3128" },
  "network.caBundle": { value: "ca.pem" },
  "access.webTerminal": { value: false },
  "access.rbac": { value: "view" },
  "access.oidc": { value: { issuer: "https://id.example", clientId: "atelier" } },
  "monitoring.aggregate": { value: true },
  "recording.commands": { value: "off" },
  "recording.terminal": { value: "off" },
  "help.provider": { value: "anthropic", beside: { model: "m", keyFrom: { env: "KEY" } } },
  "help.endpoint": { value: "http://127.0.0.1:8000/v1", beside: { provider: "openai-compatible", model: "m" } },
  "help.model": { value: "m", beside: { provider: "anthropic", keyFrom: { env: "KEY" } } },
  "help.keyFrom.env": { value: "KEY", beside: { provider: "anthropic", model: "m" } },
  "help.keyFrom.file": { value: "key", beside: { provider: "anthropic", model: "m" } },
  "help.keyFrom.secret": { value: "key", beside: { provider: "anthropic", model: "m" } },
  "help.limits.perMinute": { value: 2, beside: { provider: "anthropic", model: "m", keyFrom: { env: "KEY" } } },
  "help.limits.spend": { value: 5, beside: { provider: "anthropic", model: "m", keyFrom: { env: "KEY" } } },
  "help.price": {
    value: { input: 3, output: 15 },
    beside: { provider: "anthropic", model: "m", keyFrom: { env: "KEY" } },
  },
  "help.acceptKeyExposure": { value: true, beside: { provider: "anthropic", model: "m", keyFrom: { env: "KEY" } } },
  "pod.security": { value: { runAsNonRoot: true } },
  "pod.runtimeClassName": { value: "gvisor" },
  "pod.hostUsers": { value: false },
  "pod.nodeSelector": { value: { disk: "ssd" } },
  "pod.tolerations": { value: [{ key: "gpu" }] },
  "pod.affinity": { value: { podAntiAffinity: {} } },
  "pod.priorityClassName": { value: "low" },
  "pod.labels": { value: { class: "a" } },
  "pod.annotations": { value: { class: "a" } },
  "images.pullSecrets": { value: ["registry"] },
  "images.rewrite": { value: [{ from: "a", to: "b" }] },
  "batch.max": { value: 20 },
  "batch.concurrency": { value: 2 },
  timezone: { value: "Europe/Zurich" },
};

/** A document in which a key is written, with what has to stand beside it in its section. */
const documentWith = (path: string, value: unknown, beside: Readonly<Record<string, unknown>> = {}): Uint8Array => {
  const [section = "", ...rest] = path.split(".");
  const nested = rest.reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
  const whole = rest.length === 0 ? nested : { ...beside, ...(nested as object) };
  // JSON is YAML.
  return new TextEncoder().encode(
    JSON.stringify({
      apiVersion: "atelier.dev/v1alpha1",
      kind: "WorkspaceTemplate",
      metadata: { name: "class" },
      spec: { [section]: whole },
    }),
  );
};

for (const key of templateKeys) {
  const { path } = key;
  test(`spec.${path} is honoured or refused on each backend, never dropped`, () => {
    const sample = samples[path];
    assert.ok(sample, `the table of samples lacks ${path}`);
    const { value, diagnostics, written } = parseTemplate("t.yaml", documentWith(path, sample.value, sample.beside));
    assert.deepEqual(diagnostics, []);
    assert.ok(value);
    assert.ok(
      written.some((own) => own.key.path === path),
      "what is written is seen",
    );
    const requirements = deriveRequirements(written);
    for (const backend of backends) {
      const refusals = checkRequirements(requirements, backend, { mode: "run" });
      const isRefused = refusals.some((refusal) => refusal.severity === "error" && refusal.remedy !== "");
      assert.equal(
        isRefused,
        backend === "kubernetes" || key.honouredBy === undefined,
        `${backend}: ${JSON.stringify(refusals)}`,
      );
      const warnings = checkRequirements(requirements, backend, { mode: "validate" }).filter(
        ({ severity }) => severity === "warning",
      );
      if (backend === "kubernetes") assert.equal(warnings.length, 1);
    }
    const own = key.detailOf === undefined ? `spec.${path}` : `spec.${key.detailOf}`;
    if (key.honouredBy === undefined) {
      const refusal = checkRequirements(requirements, "docker", { mode: "run" }).find((found) => found.path === own);
      assert.equal(refusal?.at?.file, "t.yaml", "the refusal names the key and its place");
    }
  });
}

test("values that say what happens anyway are taken on Docker", () => {
  for (const { path, harmless = [] } of templateKeys)
    for (const value of harmless) {
      const { diagnostics, written } = parseTemplate("t.yaml", documentWith(path, value));
      assert.deepEqual(
        [...diagnostics, ...checkRequirements(deriveRequirements(written), "docker", { mode: "run" })],
        [],
        path,
      );
    }
});

test("every default fits the schema", () => {
  for (const key of templateKeys.filter((entry) => entry.default !== undefined && entry.detailOf === undefined))
    assert.deepEqual(parseTemplate("t.yaml", documentWith(key.path, key.default)).diagnostics, [], key.path);
});

test("the manual's table says something of every key", () => {
  const rows = templateKeysMarkdown().trim().split("\n").slice(2);
  assert.equal(rows.length, templateKeys.length);
  for (const row of rows) for (const cell of row.split(/(?<!\\)\|/).slice(1, -1)) assert.notEqual(cell.trim(), "", row);
});
