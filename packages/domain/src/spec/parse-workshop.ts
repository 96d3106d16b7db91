import { compareDiagnostics, type Diagnostic, hasErrors, type Validated } from "../problem/diagnostic.ts";
import type { Workshop } from "../workshop/workshop.ts";
import { normaliseWorkshop } from "./normalise/normalise-workshop.ts";
import { readDraft } from "./read-draft.ts";
import { rules } from "./rules/rules.ts";
import { missingWorkshopFile } from "./rules/workshop-file.ts";
import type { SourceTree } from "./source-tree.ts";
import { withoutIgnored } from "./tree/without-ignored.ts";

/**
 * Reads and checks a whole workshop folder. Pure, and throws for no input: every mistake is a
 * diagnostic, all of them together, in the order in which the files read. A value comes exactly when
 * none of them is an error. What `.atelierignore` names is treated as if it were not there.
 */
export const parseWorkshop = (source: SourceTree): Validated<Workshop> => {
  const tree = withoutIgnored(source);
  const { draft, diagnostics: reading } = readDraft(tree);
  if (draft === undefined) return { diagnostics: inOrder([...reading, missingWorkshopFile(tree)]) };
  const diagnostics = inOrder([...reading, ...rules.flatMap((rule) => [...rule(draft)])]);
  return hasErrors(diagnostics) ? { diagnostics } : { value: normaliseWorkshop(draft), diagnostics };
};

const inOrder = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => diagnostics.toSorted(compareDiagnostics);
