import { compareDiagnostics, type Diagnostic, hasErrors, type Validated } from "../problem/diagnostic.ts";
import { toEditorSchema, type JsonSchema } from "../spec/json-schema.ts";
import { checkShape } from "../spec/shape/check-shape.ts";
import { readYaml } from "../spec/yaml/read-yaml.ts";
import { helpRules } from "./help-rules.ts";
import { normaliseTemplate } from "./normalise-template.ts";
import type { WorkspaceTemplate } from "./template.ts";
import { templateSchema } from "./template-schema.ts";
import { type WrittenKey, writtenKeys } from "./written-key.ts";

export interface ParsedTemplate extends Validated<WorkspaceTemplate> {
  /** Keys that are written and fit, also when others do not: what `deriveRequirements` looks at. */
  readonly written: readonly WrittenKey[];
}

/**
 * Reads and checks a `WorkspaceTemplate`. Pure, and throws for no input: every mistake is a diagnostic, all
 * of them together. A value comes exactly when none of them is an error. Whether a backend can do what is
 * written is another question: `checkRequirements(deriveRequirements(written, workshop), …)`.
 */
export const parseTemplate = (file: string, bytes: Uint8Array): ParsedTemplate => {
  const yaml = readYaml(file, bytes);
  const shape = checkShape(yaml, templateSchema);
  const diagnostics: readonly Diagnostic[] = [
    ...yaml.diagnostics,
    ...shape.diagnostics,
    ...helpRules(yaml, shape.loose?.spec?.help),
  ].toSorted(compareDiagnostics);
  const written = writtenKeys(yaml, shape.loose);
  if (shape.value === undefined || hasErrors(diagnostics)) return { diagnostics, written };
  return { value: normaliseTemplate(shape.value), diagnostics, written };
};

/** What holds when no template is given. */
export const defaultTemplate = (): WorkspaceTemplate => normaliseTemplate({ metadata: { name: "default" } });

/** JSON Schema of a template, for editors. */
export const templateJsonSchema = (): JsonSchema => toEditorSchema(templateSchema, "WorkspaceTemplate");
