import type { Diagnostic } from "../../problem/diagnostic.ts";
import { error } from "../report.ts";
import type { SourceTree } from "../source-tree.ts";
import { suggest } from "../suggest.ts";

/** There is no `workshop.yaml`, so nothing else can be looked at. */
export const missingWorkshopFile = (tree: SourceTree): Diagnostic => {
  const tops = [...tree.entries.keys()].filter((path) => !path.includes("/"));
  const isOther = tree.entries.has("workshop.yaml");
  const similar = suggest(
    "workshop.yaml",
    tops.filter((name) => name !== "workshop.yaml"),
  );
  const nested = [...tree.entries.keys()].find((path) => path.endsWith("/workshop.yaml"));
  return error({
    code: "missing-file",
    path: "",
    at: { file: "workshop.yaml", line: 1, column: 1 },
    message: isOther ? "workshop.yaml is not a file." : "There is no workshop.yaml in this folder.",
    remedy:
      similar !== undefined
        ? `Rename ${similar} to workshop.yaml.`
        : nested !== undefined
          ? `There is one at ${nested}: name the folder that holds it.`
          : "Make one with: atelier init",
  });
};
