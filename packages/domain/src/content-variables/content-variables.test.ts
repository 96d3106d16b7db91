import assert from "node:assert/strict";
import { test } from "node:test";
import { contentVariables, fillContent, previewPort } from "./content-variables.ts";

const values = new Map([
  ["city", "Köln {{ workspace }}"],
  ["workspace", "quiet-otter"],
  ["preview.80", "http://p80/"],
]);
const fill = (text: string): string => fillContent(text, (name) => values.get(name));

test("known names are filled in once, unknown and escaped ones stay, other languages' are not touched", () => {
  assert.equal(
    fill("{{ city }}|{{workspace}}|{{ preview.80 }}|{{ town }}|\\{{ city }}|{{ .Values.city }}|{{#if city}}|{{exec}}"),
    "Köln {{ workspace }}|quiet-otter|http://p80/|{{ town }}|{{ city }}|{{ .Values.city }}|{{#if city}}|{{exec}}",
  );
  assert.deepEqual(contentVariables("a {{ x }} \\{{ y }} {{ z.1 }} {{ two words }}"), [
    { name: "x", offset: 2 },
    { name: "z.1", offset: 19 },
  ]);
});

test("only a port has a preview", () => {
  assert.deepEqual(["preview.8000", "preview.0", "preview.70000", "preview.x", "preview"].map(previewPort), [
    8000,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
