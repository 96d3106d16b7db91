import type { StepInput } from "./schema/step-schema.ts";
import type { WorkshopInput } from "./schema/workshop-schema.ts";
import type { Loose } from "./shape/salvage.ts";
import type { SourceTree } from "./source-tree.ts";
import type { TextFile } from "./text/read-text.ts";
import type { YamlFile } from "./yaml/read-yaml.ts";

/**
 * What the rules look at: everything that could be read, with what did not fit taken out. A rule must
 * expect any part to be missing; that it is missing has been reported already.
 */
export interface Draft {
  /** Without what `.atelierignore` names. */
  readonly tree: SourceTree;
  readonly yaml: YamlFile;
  readonly workshop: Loose<WorkshopInput>;
  /** One per listed id that is a proper id, in order, each id once. */
  readonly steps: readonly StepDraft[];
  readonly intro?: TextFile;
  readonly finish?: TextFile;
  readonly prompts: ReadonlyMap<string, TextFile>;
}

export interface StepDraft {
  readonly id: string;
  /** Position in `steps:`. */
  readonly index: number;
  /** `steps/<id>` */
  readonly folder: string;
  /** Whether that folder exists. */
  readonly exists: boolean;
  readonly yaml?: YamlFile;
  readonly step: Loose<StepInput>;
  readonly content?: TextFile;
  readonly goss?: YamlFile;
  readonly help: ReadonlyMap<string, TextFile>;
}
