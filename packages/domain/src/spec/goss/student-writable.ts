import type { Diagnostic } from "../../problem/diagnostic.ts";
import { studentHome } from "../../workshop/workshop.ts";
import type { Draft } from "../draft.ts";
import { expandPath, isInside } from "../normalise/places.ts";
import { warning } from "../report.ts";
import { formatPath } from "../yaml/doc-path.ts";
import { gossResources } from "./goss-resources.ts";

/** Paths in a shell command; words such as `~/check.sh`, `./run`, `/tmp/x`. */
const pathsIn = (command: string): readonly string[] =>
  command.match(/(?<![\w$])(?:~\/|\$HOME\/|\$\{HOME\}\/|\.{1,2}\/|\/)[^\s'"`;|&<>()]*/g) ?? [];

const writablePath = (command: string, writable: readonly string[]): string | undefined =>
  pathsIn(command).find((path) => {
    if (path.startsWith(".") || path.startsWith("$")) return true;
    const absolute = expandPath(path);
    return writable.some((folder) => isInside(absolute, folder));
  });

/** A check that runs as root must not run (nor trust) what the student can replace. */
export function* studentWritableCommands({ steps, workshop }: Draft): Iterable<Diagnostic> {
  const workdir = workshop.workshop?.workdir;
  const writable = [
    studentHome,
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    ...(workdir === undefined ? [] : [expandPath(workdir)]),
  ];
  for (const { goss, step } of steps) {
    if (goss === undefined || step.check?.user !== "root") continue;
    for (const { type, id, path, attributes } of gossResources(goss.value)) {
      if (type !== "command") continue;
      const exec = attributes.exec;
      const found = writablePath(typeof exec === "string" ? exec : id, writable);
      if (found === undefined) continue;
      const here = typeof exec === "string" ? [...path, "exec"] : path;
      yield warning({
        code: "goss-student-writable-command",
        path: formatPath(here),
        at: typeof exec === "string" ? goss.valueAt(here) : goss.keyAt(here),
        message: `check.user is root, and this command uses ${found}, which the student can change.`,
        remedy: "Remove check.user (commands then run as the student), or use a program outside the student's reach.",
      });
    }
  }
}
