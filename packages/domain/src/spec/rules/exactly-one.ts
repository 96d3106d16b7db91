import type { Diagnostic } from "../../problem/diagnostic.ts";
import { error } from "../report.ts";
import { type DocPath, formatPath } from "../yaml/doc-path.ts";
import type { YamlFile } from "../yaml/read-yaml.ts";

const orList = (keys: readonly string[]): string => `${keys.slice(0, -1).join(", ")} or ${keys.at(-1)}`;

/** Of several keys of the mapping at `path`, exactly one has to be written (looked up as it was written). */
export function* exactlyOne(yaml: YamlFile, path: DocPath, keys: readonly string[]): Iterable<Diagnostic> {
  const holder = path.reduce<unknown>(
    (value, part) =>
      value !== null && typeof value === "object" ? (value as Record<string | number, unknown>)[part] : undefined,
    yaml.value,
  );
  if (holder === null || typeof holder !== "object" || Array.isArray(holder)) return;
  const written = keys.filter((key) => Object.hasOwn(holder, key));
  const where = formatPath(path);
  const second = written[1];
  if (written.length === 0)
    yield error({
      code: "exactly-one",
      path: where,
      at: yaml.keyAt(path),
      message: `${where} needs one of ${keys.join(", ")}.`,
      remedy: `Write either ${orList(keys)}.`,
    });
  if (second !== undefined)
    yield error({
      code: "exactly-one",
      path: formatPath([...path, second]),
      at: yaml.keyAt([...path, second]),
      message: `${where} has ${written.join(" and ")}, but only one of them can be.`,
      remedy: `Keep either ${orList(written)}.`,
    });
}
