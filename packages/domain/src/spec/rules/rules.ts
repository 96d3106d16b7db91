import type { Diagnostic } from "../../problem/diagnostic.ts";
import { pages } from "../content/content-rules.ts";
import type { Draft } from "../draft.ts";
import { gossFiles } from "../goss/goss-rules.ts";
import { ownStart } from "../goss/own-start.ts";
import { studentWritableCommands } from "../goss/student-writable.ts";
import { baseIsOne, containerFiles, serviceNames, servicesAreOne } from "./base-and-services.ts";
import { checkWithoutGoss, emptyContent, emptyDocs, misspeltFiles, requiredFiles } from "./convention-files.ts";
import { lossyEnvironment } from "./env-values.ts";
import { workshopPlaces } from "./image-places.ts";
import { layerLimit } from "./layer-limit.ts";
import { linearNavigation, requiresCycles, unknownRequires } from "./requires.ts";
import { startCommands } from "./start-commands.ts";
import { commandPlaces, duplicateTargets, rootOwnedInHome, setuidModes, sources, targets } from "./step-files.ts";
import { duplicateStepIds, missingStepFolders, reservedIds, unlistedSteps } from "./step-list.ts";
import {
  caseCollisions,
  crlfScripts,
  largeFiles,
  lfsPointers,
  linksAndSpecials,
  marksBeforeShebang,
  missingExecBits,
} from "./tree-files.ts";
import { parameterNames, parameterPatterns, rootRights, tabTitles, variableNames } from "./workshop-section.ts";

/** A rule looks at everything that could be read and answers what it dislikes. It never throws. */
export type Rule = (draft: Draft) => Iterable<Diagnostic>;

/** Every rule of the workshop format. The order does not matter: diagnostics are sorted by place. */
export const rules: readonly Rule[] = [
  reservedIds,
  duplicateStepIds,
  missingStepFolders,
  unlistedSteps,
  requiredFiles,
  misspeltFiles,
  emptyDocs,
  lossyEnvironment,
  emptyContent,
  checkWithoutGoss,
  parameterNames,
  parameterPatterns,
  variableNames,
  tabTitles,
  rootRights,
  workshopPlaces,
  startCommands,
  baseIsOne,
  containerFiles,
  servicesAreOne,
  serviceNames,
  unknownRequires,
  requiresCycles,
  linearNavigation,
  sources,
  targets,
  duplicateTargets,
  rootOwnedInHome,
  setuidModes,
  commandPlaces,
  layerLimit,
  linksAndSpecials,
  largeFiles,
  lfsPointers,
  crlfScripts,
  marksBeforeShebang,
  missingExecBits,
  caseCollisions,
  gossFiles,
  ownStart,
  studentWritableCommands,
  pages,
];
