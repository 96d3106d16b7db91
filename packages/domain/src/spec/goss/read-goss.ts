import type { Diagnostic } from "../../problem/diagnostic.ts";
import { decodeText } from "../text/read-text.ts";
import { maxYamlBytes, readYaml, readYamlText, tooLargeYaml, type YamlFile } from "../yaml/read-yaml.ts";

const blank = (text: string, fill: string): string => text.replace(/[^\r\n]/g, fill);

/**
 * Goss runs Go templates over the file before it reads YAML. Each template action is replaced by as
 * many characters as it has, so that the rest reads as YAML and every place stays where it was: a
 * line of actions only becomes blank, an action inside a line becomes a word.
 */
export const maskTemplates = (text: string): string => {
  const withoutLines = text.replace(/^[ \t]*(?:\{\{(?:(?!\}\})[^\r\n])*\}\}[ \t]*)+$/gm, (line) => blank(line, " "));
  let result = "";
  let done = 0;
  for (let open = withoutLines.indexOf("{{"); open >= 0; open = withoutLines.indexOf("{{", done)) {
    const close = withoutLines.indexOf("}}", open);
    if (close < 0) break;
    result += withoutLines.slice(done, open) + blank(withoutLines.slice(open, close + 2), "x");
    done = close + 2;
  }
  return result + withoutLines.slice(done);
};

/** A `goss.yaml`: YAML with templates, and duplicate types named for what they do there. */
export const readGoss = (file: string, bytes: Uint8Array): YamlFile => {
  if (bytes.length > maxYamlBytes) return tooLargeYaml(file, bytes.length);
  const { text, diagnostics } = decodeText(file, bytes);
  if (text === undefined) return readYaml(file, bytes);
  const read = readYamlText(file, maskTemplates(text));
  return { ...read, text, diagnostics: [...diagnostics, ...read.diagnostics.map(asGoss)] };
};

const asGoss = (diagnostic: Diagnostic): Diagnostic =>
  diagnostic.code === "duplicate-key" && /^[\w-]+$/.test(diagnostic.path)
    ? {
        ...diagnostic,
        code: "goss-duplicate-type",
        message: `A second "${diagnostic.path}:" block: Goss keeps only the last one, so the assertions of the first would silently disappear.`,
        remedy: `Move these entries into the first "${diagnostic.path}:" block.`,
      }
    : diagnostic;
