import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft } from "../draft.ts";

/** A rule looks at everything that could be read and answers what it dislikes. It never throws. */
export type Rule = (draft: Draft) => Iterable<Diagnostic>;

/** Every rule of the workshop format. The order does not matter: diagnostics are sorted by place. */
export const rules: readonly Rule[] = [];
