import type { Diagnostic, Severity } from "../problem/diagnostic.ts";
import { findCapability } from "./capabilities.ts";
import type { Backend, Capability } from "./capability.ts";
import type { Requirement } from "./requirement.ts";
import { unmetWords } from "./unmet-words.ts";

export interface CheckRequirementsOptions {
  /** `validate` only warns of what this version does not do yet; `run` refuses it. */
  readonly mode: "validate" | "run";
}

const backendNames: Readonly<Record<Backend, string>> = { docker: "Docker", kubernetes: "Kubernetes" };

/**
 * Holds requirements against a backend, before anything is submitted, and reports every unmet one. What
 * the matrix denies is `capability-unavailable`; what it grants but this version does not do yet is
 * `not-in-this-version`. A backend of which nothing is done yet is said once, not for every key.
 */
export const checkRequirements = (
  requirements: readonly Requirement[],
  backend: Backend,
  { mode }: CheckRequirementsOptions,
): readonly Diagnostic[] => {
  const severity: Severity = mode === "validate" ? "warning" : "error";
  const denied = requirements.filter((requirement) => levelOf(requirement, backend) === "no");
  const granted = requirements.filter((requirement) => levelOf(requirement, backend) !== "no");
  return [
    ...(isBackendAvailable(backend) ? [] : [backendMissing(backend, severity)]),
    ...denied.map((requirement) => unavailable(requirement, backend)),
    ...(isBackendAvailable(backend) ? granted.filter((requirement) => !isDone(requirement, backend)) : []).map(
      (requirement) => notYet(requirement, backend, severity),
    ),
  ];
};

/** Whether this version does anything at all on a backend. */
const isBackendAvailable = (backend: Backend): boolean =>
  findCapability("single-user-workspaces")?.availableIn[backend] !== undefined;

const rowOf = ({ capability }: Requirement, backend: Backend): Capability | undefined =>
  findCapability(
    capability === "nested-cluster"
      ? backend === "docker"
        ? "nested-cluster-k3d"
        : "nested-cluster-vcluster"
      : capability,
  );

/** A capability that this version does not know is one that it does not have. */
const levelOf = (requirement: Requirement, backend: Backend): Capability["docker"] =>
  rowOf(requirement, backend)?.[backend] ?? "no";

const isDone = (requirement: Requirement, backend: Backend): boolean =>
  requirement.isNotDoneYet !== true && rowOf(requirement, backend)?.availableIn[backend] !== undefined;

/** `at` belongs to a diagnostic only when it is known. */
const place = ({ path, at }: Requirement): Pick<Diagnostic, "path" | "at"> => ({ path, ...(at ? { at } : {}) });

const unavailable = (requirement: Requirement, backend: Backend): Diagnostic => {
  const other: Backend = backend === "docker" ? "kubernetes" : "docker";
  const words = unmetWords(backend, requirement.capability);
  const what = requirement.what ?? words?.what ?? `"${requirement.capability}"`;
  const because = words?.because ?? "of this version does not know it";
  const instead = requirement.instead ?? words?.instead ?? "Remove the key";
  return {
    code: "capability-unavailable",
    severity: "error",
    ...place(requirement),
    message: `${requirement.path}: ${what} needs the ${backendNames[other]} backend; the ${backendNames[backend]} backend ${because}.`,
    remedy: `${instead}, or target --backend ${other}.`,
  };
};

const notYet = (requirement: Requirement, backend: Backend, severity: Severity): Diagnostic => {
  const what = requirement.what ?? rowOf(requirement, backend)?.title ?? requirement.capability;
  return {
    code: "not-in-this-version",
    severity,
    ...place(requirement),
    message: `${requirement.path}: this version does not do this on the ${backendNames[backend]} backend yet (${what}).`,
    remedy: `${requirement.instead ?? `Remove ${requirement.path}`}, until a later version does it.`,
  };
};

const backendMissing = (backend: Backend, severity: Severity): Diagnostic => ({
  code: "not-in-this-version",
  severity,
  path: "",
  message: `The ${backendNames[backend]} backend is not in this version yet.`,
  remedy:
    severity === "warning"
      ? "Nothing has to be changed; what can be checked without it was checked."
      : "Run it with --backend docker.",
});
