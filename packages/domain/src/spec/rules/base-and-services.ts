import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft } from "../draft.ts";
import { duplicates } from "./duplicates.ts";
import { exactlyOne } from "./exactly-one.ts";
import { checkSource } from "./source-path.ts";

export function* baseIsOne({ yaml }: Draft): Iterable<Diagnostic> {
  yield* exactlyOne(yaml, ["base"], ["image", "containerFile"]);
}

export function* containerFiles({ tree, yaml, workshop }: Draft): Iterable<Diagnostic> {
  const files = [
    { written: workshop.base?.containerFile, path: ["base", "containerFile"] },
    ...(workshop.infrastructure?.services ?? []).map((service, index) => ({
      written: service?.containerFile,
      path: ["infrastructure", "services", index, "containerFile"],
    })),
  ];
  for (const { written, path } of files)
    if (written !== undefined) yield* checkSource({ tree, yaml, path, written, folder: "", mustBe: "file" });
}

export function* servicesAreOne({ yaml, workshop }: Draft): Iterable<Diagnostic> {
  for (const [index, service] of (workshop.infrastructure?.services ?? []).entries()) {
    const path = ["infrastructure", "services", index];
    yield* exactlyOne(yaml, path, ["image", "containerFile", "from"]);
    if (service?.ready !== undefined) yield* exactlyOne(yaml, [...path, "ready"], ["port", "command"]);
  }
}

export function* serviceNames({ yaml, workshop }: Draft): Iterable<Diagnostic> {
  const services = workshop.infrastructure?.services ?? [];
  yield* duplicates(
    yaml,
    "service name",
    services.map((service, index) => ({ name: service?.name, path: ["infrastructure", "services", index, "name"] })),
  );
  for (const [index, service] of services.entries())
    yield* duplicates(
      yaml,
      "port",
      (service?.ports ?? []).map((name, item) => ({
        name,
        path: ["infrastructure", "services", index, "ports", item],
      })),
    );
}
