import type { Diagnostic } from "../../problem/diagnostic.ts";
import { error } from "../report.ts";
import { type DocPath, formatPath } from "../yaml/doc-path.ts";
import type { YamlFile } from "../yaml/read-yaml.ts";

/** What is compared, and where each of it is written. */
export interface Named {
  readonly name: string | number | undefined;
  readonly path: DocPath;
}

/** Reports each name that stands a second time in a list. `what` is a noun: `service name`. */
export function* duplicates(yaml: YamlFile, what: string, names: readonly Named[]): Iterable<Diagnostic> {
  const seen = new Map<string | number, DocPath>();
  for (const { name, path } of names) {
    if (name === undefined) continue;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, path);
    else
      yield error({
        code: "duplicate-id",
        path: formatPath(path),
        at: yaml.valueAt(path),
        message: `The ${what} ${JSON.stringify(name)} is used a second time (first in ${formatPath(first)}).`,
        remedy: "Give each its own, or remove one of the two.",
      });
  }
}
