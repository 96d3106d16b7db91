import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from "yaml";
import type { Diagnostic, SourceLocation } from "../../problem/diagnostic.ts";
import { error } from "../report.ts";
import { type TextFile, decodeText, textFile, tooLarge } from "../text/read-text.ts";
import type { DocPath } from "./doc-path.ts";
import { duplicateKeys } from "./duplicate-keys.ts";
import { tooDeepAt } from "./nesting.ts";
import { keyText, plainValue } from "./plain-value.ts";
import { scalarTraps, type ScalarTrap } from "./scalar-traps.ts";
import { faultDiagnostic, syntaxDiagnostic } from "./yaml-diagnostics.ts";

/**
 * A YAML file as a plain value whose every part can be found again in the text. The value may be
 * partial when `diagnostics` holds errors, so that the rest is still looked at.
 */
export interface YamlFile extends TextFile {
  /** Null-prototype objects, arrays, strings, numbers, booleans, null. */
  readonly value: unknown;
  /** Whether the text could be read as YAML at all; when false, `value` is null. */
  readonly isReadable: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** Plain words that other YAML readers understand differently. Not diagnostics yet: see `trapWarnings`. */
  readonly traps: readonly ScalarTrap[];
  /** Where a value stands; where it would belong, when it does not exist. */
  valueAt(path: DocPath): SourceLocation;
  /** Where the key of a value stands (for a list item: the item). */
  keyAt(path: DocPath): SourceLocation;
}

/** YAML files are written by hand: nobody writes more than this. */
export const maxYamlBytes = 256 * 1024;

const unreadable = (text: TextFile, diagnostics: readonly Diagnostic[]): YamlFile => ({
  ...text,
  value: null,
  isReadable: false,
  diagnostics,
  traps: [],
  valueAt: () => ({ file: text.file, line: 1, column: 1 }),
  keyAt: () => ({ file: text.file, line: 1, column: 1 }),
});

/** A YAML file that cannot be looked into because it is too large. */
export const tooLargeYaml = (file: string, size: number): YamlFile =>
  unreadable(textFile(file, ""), [tooLarge(file, size)]);

/** Reads YAML 1.2. Never throws, whatever the bytes: syntax errors, bombs and bad encodings are diagnostics. */
export const readYaml = (file: string, bytes: Uint8Array): YamlFile => {
  if (bytes.length > maxYamlBytes) return tooLargeYaml(file, bytes.length);
  const { text, diagnostics } = decodeText(file, bytes);
  if (text === undefined) return unreadable(textFile(file, ""), diagnostics);
  const read = readYamlText(file, text);
  return { ...read, diagnostics: [...diagnostics, ...read.diagnostics] };
};

/** As {@link readYaml}, for a text that is decoded already. */
export const readYamlText = (file: string, text: string): YamlFile => {
  const source = textFile(file, text);
  const deep = tooDeepAt(text);
  if (deep !== undefined)
    return unreadable(source, [faultDiagnostic(source, { kind: "depth", offset: deep, detail: "" })]);
  let document: Document;
  try {
    document = parseDocument(text, {
      uniqueKeys: false,
      merge: false,
      version: "1.2",
      prettyErrors: false,
      logLevel: "error",
    });
  } catch {
    const message = `${file} cannot be read as YAML.`;
    return unreadable(source, [
      error({ code: "yaml-syntax", path: "", at: source.at(0), message, remedy: "Simplify the file until it reads." }),
    ]);
  }
  const syntax = [...document.errors, ...document.warnings].map((fault) => syntaxDiagnostic(source, fault));
  const { value, faults } = plainValue(document);
  const find = finder(document);
  return {
    ...source,
    value,
    isReadable: document.errors.length === 0,
    diagnostics: [
      ...syntax,
      ...duplicateKeys(source, document, document.errors[0]?.pos[0]),
      ...faults.map((fault) => faultDiagnostic(source, fault)),
    ],
    traps: scalarTraps(document),
    valueAt: (path) => source.at(find(path).value),
    keyAt: (path) => source.at(find(path).key),
  };
};

/** Offsets in the text: of a key and of its value. */
interface Place {
  readonly key: number;
  readonly value: number;
}

/** Finds the deepest part of a path that exists. Remembers the keys of mappings, which may be long. */
const finder = (document: Document): ((path: DocPath) => Place) => {
  const anchors = anchorsIn(document);
  const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  const pairOf = (map: YAMLMap, key: string): Pair | undefined => {
    // Of a key that stands there twice the last counts, as in the plain value.
    const index = indexes.get(map) ?? new Map(map.items.map((pair) => [keyText(pair.key) ?? "", pair]));
    indexes.set(map, index);
    return index.get(key);
  };
  return (path) => {
    let node = document.contents as Node | null;
    let place: Place = { key: start(node), value: start(node) };
    for (const part of path) {
      if (isAlias(node)) node = anchors.get(node.source) ?? null;
      const pair = isMap(node) ? pairOf(node, String(part)) : undefined;
      if (pair !== undefined) {
        node = pair.value as Node | null;
        const key = start(pair.key as Node | null);
        place = { key, value: isEmptyScalar(node) ? key : start(node) };
      } else if (isSeq(node) && typeof part === "number" && part < node.items.length) {
        node = (node.items[part] as Node | null) ?? null;
        place = { key: start(node), value: start(node) };
      } else return { key: place.key, value: place.key };
    }
    return place;
  };
};

const start = (node: Node | null): number => node?.range?.[0] ?? 0;

/** `key:` with nothing behind it: its value's range lies somewhere after, which would mislead. */
const isEmptyScalar = (node: Node | null): boolean => node === null || (isScalar(node) && node.source === "");

const anchorsIn = (document: Document): ReadonlyMap<string, Node> => {
  const anchors = new Map<string, Node>();
  const visit = (node: unknown): void => {
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isMap(node)) for (const pair of node.items) visit(pair.value);
    else if (isSeq(node)) node.items.forEach(visit);
  };
  visit(document.contents);
  return anchors;
};
