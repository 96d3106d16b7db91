import { parseWorkshopName } from "../../workshop/ids.ts";
import {
  type Base,
  type ParameterDefinition,
  type Tab,
  type VariableDefinition,
  type Workshop,
  studentHome,
} from "../../workshop/workshop.ts";
import type { Draft } from "../draft.ts";
import { parseDuration } from "../duration.ts";
import type { StepInput } from "../schema/step-schema.ts";
import type { WorkshopInput } from "../schema/workshop-schema.ts";
import { filesBelow, normalizePath } from "../tree/tree-view.ts";
import { helpByLevel, normaliseStep } from "./normalise-step.ts";
import { expandPath } from "./places.ts";
import { normaliseService } from "./services.ts";
import { normaliseStartCommands } from "./start-commands.ts";

type Section = WorkshopInput["workshop"];

const normaliseTab = (tab: NonNullable<Section["tabs"]>[number]): Tab => ({
  title: tab.title,
  port: tab.port,
  path: tab.path ?? "/",
});

const normaliseVariable = (variable: NonNullable<Section["variables"]>[number]): VariableDefinition => ({
  name: variable.name,
  question: variable.question,
  ...(variable.default === undefined ? {} : { default: variable.default }),
  ...(variable.pattern === undefined ? {} : { pattern: variable.pattern }),
});

const normaliseParameter = (parameter: NonNullable<Section["parameters"]>[number]): ParameterDefinition => ({
  name: parameter.name,
  description: parameter.description ?? "",
  required: parameter.required ?? false,
  secret: parameter.secret ?? false,
  ...(parameter.pattern === undefined ? {} : { pattern: parameter.pattern }),
});

const normaliseBase = ({ image, containerFile = "" }: WorkshopInput["base"]): Base =>
  image === undefined
    ? { kind: "containerFile", containerFile: normalizePath(containerFile) ?? containerFile }
    : { kind: "image", image };

const normaliseInfrastructure = (input: WorkshopInput["infrastructure"]): Workshop["infrastructure"] => {
  const services = (input?.services ?? []).map(normaliseService);
  if (input?.cluster === undefined) return { services };
  const { provider, version, onReset = "recreate" } = input.cluster;
  const cluster = {
    onReset,
    ...(provider === undefined ? {} : { provider }),
    ...(version === undefined ? {} : { version }),
  };
  return { services, cluster };
};

/** What only exists when it was written. */
const optionalFacts = (section: Section, draft: Draft): Partial<Workshop> => {
  const seconds = section.duration === undefined ? undefined : parseDuration(section.duration);
  return {
    ...(section.license === undefined ? {} : { license: section.license }),
    ...(section.difficulty === undefined ? {} : { difficulty: section.difficulty }),
    ...(seconds === undefined ? {} : { durationSeconds: seconds }),
    ...(section.feedbackUrl === undefined ? {} : { feedbackUrl: section.feedbackUrl }),
    ...(section.shell === undefined ? {} : { shell: section.shell }),
    ...(draft.intro === undefined ? {} : { intro: draft.intro.text }),
    ...(draft.finish === undefined ? {} : { finish: draft.finish.text }),
  };
};

/**
 * A workshop with every default. To be called only when nothing was an error: then the drafts hold
 * whole inputs, which is what the two casts say.
 */
export const normaliseWorkshop = (draft: Draft): Workshop => {
  const input = draft.workshop as WorkshopInput;
  const section = input.workshop;
  const name = parseWorkshopName(section.name);
  if (name === undefined) throw new Error(`"${section.name}" passed validation but is no workshop name`);
  const workdir = section.workdir === undefined ? studentHome : expandPath(section.workdir);
  return {
    name,
    version: section.version,
    title: section.title,
    description: section.description ?? "",
    authors: section.authors ?? [],
    tags: section.tags ?? [],
    language: section.language ?? "en",
    image: section.image ?? `atelier/${name}`,
    navigation: section.navigation ?? "linear",
    next: section.next ?? "swap",
    user: section.user ?? "student",
    sudo: section.sudo ?? false,
    workdir,
    keep: (section.keep ?? []).map(expandPath),
    editor: section.editor ?? false,
    tabs: (section.tabs ?? []).map(normaliseTab),
    parameters: (section.parameters ?? []).map(normaliseParameter),
    ...((section.variables ?? []).length === 0 ? {} : { variables: (section.variables ?? []).map(normaliseVariable) }),
    onStart: normaliseStartCommands(draft.yaml, ["workshop", "onStart"], section.onStart),
    base: normaliseBase(input.base),
    infrastructure: normaliseInfrastructure(input.infrastructure),
    steps: draft.steps.map((step, index) =>
      normaliseStep(step, step.step as StepInput, { tree: draft.tree, number: index + 1, workdir }),
    ),
    prompts: helpByLevel(draft.prompts),
    assets: filesBelow(draft.tree, "assets"),
    ...optionalFacts(section, draft),
  };
};
