import type { YAMLError } from "yaml";
import type { DiagnosticCode } from "../../problem/diagnostic-codes.ts";
import type { Diagnostic } from "../../problem/diagnostic.ts";
import { error } from "../report.ts";
import type { TextFile } from "../text/read-text.ts";
import type { PlainFault } from "./plain-value.ts";

interface Special {
  readonly code: DiagnosticCode;
  readonly remedy: string;
  /** Instead of the parser's words. */
  readonly message?: string;
}

const special: Partial<Record<string, Special>> = {
  TAB_AS_INDENT: { code: "yaml-tab", remedy: "Indent with spaces." },
  MULTIPLE_DOCS: {
    code: "yaml-syntax",
    message: "A second YAML document begins here, and only the first would be read.",
    remedy: 'Keep one document per file: remove the "---" and what follows.',
  },
  MISSING_CHAR: {
    code: "yaml-syntax",
    remedy: "Close the quote or bracket, or put a colon and a space after the key.",
  },
  TAG_RESOLVE_FAILED: {
    code: "yaml-tag",
    remedy: "Remove the tag (the word with the exclamation mark), or put the text in quotes.",
  },
};

/** A fault the YAML parser found, in our shape. */
export const syntaxDiagnostic = (source: TextFile, fault: YAMLError): Diagnostic => {
  const known = special[fault.code];
  // The parser calls some misplaced tabs by other names; the character at the place tells.
  const isTab = known === undefined && source.text[fault.pos[0]] === "\t";
  return error({
    code: isTab ? "yaml-tab" : (known?.code ?? "yaml-syntax"),
    path: "",
    at: source.at(Math.min(fault.pos[0], source.text.length)),
    message: known?.message ?? `This is not valid YAML: ${fault.message.split("\n")[0]?.replace(/[.:]?$/, ".") ?? ""}`,
    remedy: isTab
      ? "Indent with spaces."
      : (known?.remedy ?? "Check indentation, colons and quotes on this line and the one before."),
  });
};

const faultTexts: Record<PlainFault["kind"], (detail: string) => Pick<Diagnostic, "code" | "message" | "remedy">> = {
  aliases: (name) => ({
    code: "yaml-aliases",
    message: `The alias *${name} repeats itself or stands for far too many values.`,
    remedy: "Write the values out instead of nesting anchors and aliases.",
  }),
  depth: () => ({
    code: "yaml-depth",
    message: "This is nested far deeper than any workshop needs.",
    remedy: "Check for brackets that are opened and never closed.",
  }),
  "unknown-alias": (name) => ({
    code: "yaml-syntax",
    message: `The alias *${name} has no anchor &${name} before it.`,
    remedy: "Put the text in quotes if it shall begin with an asterisk, else define the anchor first.",
  }),
  key: () => ({
    code: "yaml-key",
    message: "A key has to be a plain word, not a list, a mapping or an alias.",
    remedy: "Write a word as the key; put text with braces or brackets in quotes.",
  }),
  tag: (tag) => ({
    code: "yaml-tag",
    message: `The tag ${tag || "on this value"} makes a value that has no place in a workshop.`,
    remedy: "Remove the tag.",
  }),
};

/** A fault found while turning the document into plain values. */
export const faultDiagnostic = (source: TextFile, fault: PlainFault): Diagnostic =>
  error({ path: "", at: source.at(fault.offset), ...faultTexts[fault.kind](fault.detail) });
