import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft } from "../draft.ts";
import { expandPath, isInside } from "../normalise/places.ts";
import { error } from "../report.ts";
import { type DocPath, formatPath } from "../yaml/doc-path.ts";
import type { YamlFile } from "../yaml/read-yaml.ts";

const reserved = ["/opt/atelier", "/workshop", "/run/atelier", "/proc", "/sys", "/dev"] as const;

/** Why nothing of the author's may go to a place in the image, or undefined when it may. */
const objection = (written: string): string | undefined => {
  if (/\p{Cc}/u.test(written)) return "has a control character in it";
  if (written.split("/").includes("..")) return 'goes through ".."';
  const path = expandPath(written);
  if (path === "/") return "is the root of the whole image";
  const taken = reserved.find((place) => isInside(path, place));
  return taken === undefined ? undefined : `lies in ${taken}, which is not the workshop's`;
};

/** Refuses places in the image that belong to Atelier or the kernel. */
export function* checkPlace(yaml: YamlFile, path: DocPath, written: string | undefined): Iterable<Diagnostic> {
  const why = written === undefined ? undefined : objection(written);
  if (why !== undefined)
    yield error({
      code: "reserved-path",
      path: formatPath(path),
      at: yaml.valueAt(path),
      message: `${formatPath(path)}: "${written}" ${why}.`,
      remedy: 'Choose a place in the student\'s home ("~/…") or elsewhere in the image.',
    });
}

export function* workshopPlaces({ yaml, workshop }: Draft): Iterable<Diagnostic> {
  yield* checkPlace(yaml, ["workshop", "workdir"], workshop.workshop?.workdir);
  for (const [index, place] of (workshop.workshop?.keep ?? []).entries())
    yield* checkPlace(yaml, ["workshop", "keep", index], place);
}
