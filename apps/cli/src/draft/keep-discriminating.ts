import type { Assertion } from "@atelier/contract";
import { type GossDraft, type GossResource, settingsOfResources } from "./goss-draft.ts";

/**
 * The part of a draft that tells the two images apart: assertions that fail on the first and pass on the
 * second. Where a resource's first assertion already fails, goss skips the others; those stay, since the
 * resource as a whole tells the images apart. Pure.
 */
export const keepDiscriminating = (
  draft: GossDraft,
  before: readonly Assertion[],
  after: readonly Assertion[],
): GossDraft => {
  const [was, is] = [statuses(before), statuses(after)];
  const kept: Record<string, Record<string, GossResource>> = {};
  for (const [type, resources] of Object.entries(draft))
    for (const [id, resource] of Object.entries(resources)) {
      const properties = Object.keys(resource).filter((name) => !settingsOfResources.has(name));
      const key = (property: string): string => `${type}: ${id}: ${property}`.toLowerCase();
      const passing = properties.filter((property) => is.get(key(property)) === "passed");
      const failed = passing.filter((property) => ["failed", "error"].includes(was.get(key(property)) ?? ""));
      if (failed.length === 0) continue;
      const skipped = passing.filter((property) => was.get(key(property)) === "skipped");
      const needed = passing.filter((property) => property === firstOf[type]);
      const keep = new Set([...failed, ...skipped, ...needed]);
      (kept[type] ??= {})[id] = Object.fromEntries(
        Object.entries(resource).filter(([name]) => settingsOfResources.has(name) || keep.has(name)),
      ) as GossResource;
    }
  return kept;
};

/** What goss wants to be told of a resource before it looks at anything else of it. */
const firstOf: Readonly<Record<string, string>> = { file: "exists", command: "exit-status", http: "status" };

/** By id; goss writes some properties with a capital. */
const statuses = (assertions: readonly Assertion[]): ReadonlyMap<string, Assertion["status"]> =>
  new Map(assertions.map(({ id, status }) => [id.toLowerCase(), status]));
