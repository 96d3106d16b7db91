import { type Document, isMap, isScalar, isSeq } from "yaml";
import type { Diagnostic } from "../../problem/diagnostic.ts";
import { error, warning } from "../report.ts";
import { type DocPath, formatPath } from "./doc-path.ts";
import { keyText } from "./plain-value.ts";
import type { YamlFile } from "./read-yaml.ts";

/** An unquoted word that YAML 1.1 and 1.2 read differently, or that is read as something else than it looks. */
export interface ScalarTrap {
  readonly kind: "boolean" | "octal" | "sexagesimal" | "number" | "tilde" | "lossy";
  readonly path: DocPath;
  /** As written. */
  readonly source: string;
  /** As read. */
  readonly value: unknown;
  readonly isKey: boolean;
}

/** What is suspicious about a word, if anything. A tilde is the home to people and null to YAML. */
const kindOf = (source: string): ScalarTrap["kind"] | undefined => {
  if (/^(?:yes|no|on|off)$/i.test(source)) return "boolean";
  if (/^[-+]?0\d+$/.test(source)) return "octal";
  if (/^[-+]?\d{1,10}(?::[0-5]?\d){1,3}$/.test(source)) return "sexagesimal";
  if (/^[-+]?\d+(?:_\d+)+$/.test(source)) return "number";
  return source === "~" ? "tilde" : undefined;
};

/** Every such word in a document. Whether it matters depends on what is expected there. */
export const scalarTraps = (document: Document): readonly ScalarTrap[] => {
  const traps: ScalarTrap[] = [];
  const look = (node: unknown, path: DocPath, isKey: boolean): void => {
    if (!isScalar(node) || node.type !== "PLAIN" || node.source === undefined) return;
    const { source, value } = node;
    const isLossy = typeof value === "number" && String(value) !== source;
    const kind = kindOf(source) ?? (isLossy ? "lossy" : undefined);
    if (kind !== undefined) traps.push({ kind, path, source, value, isKey });
  };
  const visit = (node: unknown, path: DocPath): void => {
    if (path.length > 64) return;
    if (isSeq(node)) for (const [index, item] of node.items.entries()) visit(item, [...path, index]);
    else if (isMap(node))
      for (const pair of node.items) {
        const here = [...path, keyText(pair.key) ?? ""];
        look(pair.key, here, true);
        visit(pair.value, here);
      }
    else look(node, path, false);
  };
  visit(document.contents, []);
  return traps;
};

/** What is wrong with a trap, said for people: `yes is the text "yes" here, but true to readers of YAML 1.1`. */
export const describeTrap = ({ kind, source, value }: ScalarTrap): string => {
  if (kind === "lossy") return `${source} without quotes is the number ${value}`;
  if (kind === "boolean")
    return `${source} without quotes is text in YAML 1.2 but ${/^(?:yes|on)$/i.test(source) ? "true" : "false"} in YAML 1.1`;
  if (kind === "octal")
    return `${source} without quotes is the number ${Number(source)} in YAML 1.2 but an octal number in YAML 1.1`;
  if (kind === "sexagesimal") return `${source} without quotes is text in YAML 1.2 but a number in base 60 in YAML 1.1`;
  if (kind === "tilde") return "~ without quotes means nothing at all (null) in YAML";
  return `${source} without quotes is text in YAML 1.2 but a number in YAML 1.1`;
};

/** What to write instead of a trap. */
export const trapRemedy = ({ kind, source }: ScalarTrap): string =>
  kind === "boolean"
    ? `Write "${source}" in quotes for text, or ${/^(?:yes|on)$/i.test(source) ? "true" : "false"} for a yes/no value.`
    : `Write "${source}" in quotes.`;

/**
 * Diagnostics for traps at places where nothing else was wrong. An octal look-alike changes its value,
 * so it is an error; the others only mislead.
 */
export const trapDiagnostics = (yaml: YamlFile, reportedPaths: ReadonlySet<string>): readonly Diagnostic[] =>
  yaml.traps
    // A number in another notation is fine where a number is meant; where text is meant, rules look at it.
    .filter((trap) => trap.kind !== "lossy" && !reportedPaths.has(formatPath(trap.path)))
    .map((trap) =>
      (trap.kind === "octal" ? error : warning)({
        code: "yaml-ambiguous",
        path: formatPath(trap.path),
        at: trap.isKey ? yaml.keyAt(trap.path) : yaml.valueAt(trap.path),
        message: `${describeTrap(trap)}.`,
        remedy: trapRemedy(trap),
      }),
    );
