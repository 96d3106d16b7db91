import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft } from "../draft.ts";
import { error, warning } from "../report.ts";
import { suggest } from "../suggest.ts";
import { formatPath } from "../yaml/doc-path.ts";
import { isMapping } from "../yaml/plain-value.ts";
import type { YamlFile } from "../yaml/read-yaml.ts";
import { trapDiagnostics } from "../yaml/scalar-traps.ts";
import { gossResources } from "./goss-resources.ts";
import { gossCommonSettings, gossTypes } from "./goss-types.ts";

type GossRule = (goss: YamlFile) => Iterable<Diagnostic>;

const typeNames = Object.keys(gossTypes);
const quoteHint = 'Put it in quotes: "0644".';

function* traps(goss: YamlFile): Iterable<Diagnostic> {
  yield* trapDiagnostics(goss, new Set());
}

/** The file as a whole: something has to be asserted, else the check would always pass. */
function* emptyFile(goss: YamlFile): Iterable<Diagnostic> {
  if (goss.value === null || (isMapping(goss.value) && Object.keys(goss.value).length === 0))
    yield error({
      code: "goss-no-assertions",
      path: "",
      at: goss.valueAt([]),
      message: `${goss.file} asserts nothing, so the check could never fail.`,
      remedy: "Write at least one resource, or remove the file: then the step has no check.",
    });
  else if (!isMapping(goss.value))
    yield error({
      code: "goss-shape",
      path: "",
      at: goss.valueAt([]),
      message: `${goss.file} has to be a mapping of resource types such as file:, port:, command:.`,
      remedy: "Begin with a resource type, then a name below it, then what is expected of it.",
    });
}

function* unknownTypes(goss: YamlFile): Iterable<Diagnostic> {
  for (const type of isMapping(goss.value) ? Object.keys(goss.value) : []) {
    if (Object.hasOwn(gossTypes, type)) continue;
    const at = goss.keyAt([type]);
    if (type === "gossfile")
      yield error({
        code: "goss-include",
        path: formatPath([type]),
        at,
        message: "gossfile: includes other files, but only goss.yaml itself is put into images.",
        remedy: "Copy the resources into this file.",
      });
    else {
      const meant = suggest(type, typeNames);
      yield error({
        code: "goss-unknown-type",
        path: formatPath([type]),
        at,
        message: `Goss knows no resource type "${type}" and would silently check nothing of it.`,
        remedy: meant === undefined ? `Use one of ${typeNames.join(", ")}.` : `Did you mean "${meant}"?`,
      });
    }
  }
}

function* shapes(goss: YamlFile): Iterable<Diagnostic> {
  for (const [type, block] of isMapping(goss.value) ? Object.entries(goss.value) : []) {
    if (!Object.hasOwn(gossTypes, type)) continue;
    if (block === null || (isMapping(block) && Object.keys(block).length === 0))
      yield error({
        code: "goss-no-assertions",
        path: formatPath([type]),
        at: goss.keyAt([type]),
        message: `"${type}:" names no resource.`,
        remedy: "Write a name below it and what is expected of it, or remove it.",
      });
    else if (!isMapping(block))
      yield error({
        code: "goss-shape",
        path: formatPath([type]),
        at: goss.valueAt([type]),
        message: `"${type}:" has to be a mapping of names to what is expected of each.`,
        remedy: `Write "${type}:", below it a name with a colon, and below that the attributes.`,
      });
    else
      for (const [id, attributes] of Object.entries(block))
        if (attributes !== null && !isMapping(attributes))
          yield error({
            code: "goss-shape",
            path: formatPath([type, id]),
            at: goss.valueAt([type, id]),
            message: `${type} "${id}" has to be a mapping of attributes.`,
            remedy: `Write for example "${gossTypes[type]?.asserts[0]}: …" on a line of its own below it.`,
          });
  }
}

function* unknownAttributes(goss: YamlFile): Iterable<Diagnostic> {
  for (const { type, id, path, attributes } of gossResources(goss.value)) {
    const known = gossTypes[type];
    if (known === undefined || !Object.hasOwn(gossTypes, type)) continue;
    const names = [...known.asserts, ...known.settings, ...gossCommonSettings];
    for (const name of Object.keys(attributes)) {
      if (names.includes(name)) continue;
      const meant = suggest(name, names);
      yield error({
        code: "goss-unknown-attribute",
        path: formatPath([...path, name]),
        at: goss.keyAt([...path, name]),
        message: `Goss knows no attribute "${name}" of ${type} ("${id}") and would silently not check it.`,
        remedy: meant === undefined ? `Use one of ${names.join(", ")}.` : `Did you mean "${meant}"?`,
      });
    }
  }
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

function* noAssertions(goss: YamlFile): Iterable<Diagnostic> {
  for (const [type, block] of isMapping(goss.value) ? Object.entries(goss.value) : []) {
    const known = Object.hasOwn(gossTypes, type) ? gossTypes[type] : undefined;
    if (known === undefined || !isMapping(block)) continue;
    for (const [id, value] of Object.entries(block)) {
      if (value !== null && !isMapping(value)) continue;
      const attributes = value ?? {};
      const asserting = known.asserts.filter(
        (name) => Object.hasOwn(attributes, name) && !isEmptyList(attributes[name]),
      );
      if (asserting.length === 0)
        yield error({
          code: "goss-no-assertions",
          path: formatPath([type, id]),
          at: goss.keyAt([type, id]),
          message: `${type} "${id}" asserts nothing.`,
          remedy: `Add what is expected, for example "${known.asserts[0]}: …".`,
        });
      if (attributes.skip === true)
        yield warning({
          code: "goss-no-assertions",
          path: formatPath([type, id, "skip"]),
          at: goss.keyAt([type, id, "skip"]),
          message: `${type} "${id}" is skipped, and a skipped resource counts as passed.`,
          remedy: "Remove skip, or the whole resource.",
        });
    }
  }
}

function* emptyLists(goss: YamlFile): Iterable<Diagnostic> {
  for (const { type, path, attributes } of gossResources(goss.value))
    for (const [name, value] of Object.entries(attributes))
      if (isEmptyList(value) && gossTypes[type]?.asserts.includes(name))
        yield warning({
          code: "goss-empty-list",
          path: formatPath([...path, name]),
          at: goss.valueAt([...path, name]),
          message: `${name}: [] asserts nothing.`,
          remedy:
            name === "stdout" || name === "stderr"
              ? `Write ${name}: "" to assert empty output, or remove the line.`
              : "Write what is expected, or remove the line.",
        });
}

/** `mode: 0644` is caught as an ambiguous word; `mode: 644` is a number that Goss refuses. */
function* fileModes(goss: YamlFile): Iterable<Diagnostic> {
  const trapped = new Set(goss.traps.map((trap) => formatPath(trap.path)));
  for (const { type, path, attributes } of gossResources(goss.value)) {
    const here = [...path, "mode"];
    if (type === "file" && typeof attributes.mode === "number" && !trapped.has(formatPath(here)))
      yield error({
        code: "goss-shape",
        path: formatPath(here),
        at: goss.valueAt(here),
        message: `mode: ${attributes.mode} is a number; Goss compares modes as text of four digits.`,
        remedy: quoteHint,
      });
  }
}

const gossRules: readonly GossRule[] = [
  traps,
  emptyFile,
  unknownTypes,
  shapes,
  unknownAttributes,
  noAssertions,
  emptyLists,
  fileModes,
];

/** Everything about a `goss.yaml` that can be told from the file alone. */
export function* gossFiles({ steps }: Draft): Iterable<Diagnostic> {
  for (const { goss } of steps) if (goss?.isReadable) for (const rule of gossRules) yield* rule(goss);
}
