import type { Diagnostic } from "../../problem/diagnostic.ts";
import { studentHome } from "../../workshop/workshop.ts";
import type { Draft } from "../draft.ts";
import { expandPath, isInside } from "../normalise/places.ts";
import { warning } from "../report.ts";
import { formatPath } from "../yaml/doc-path.ts";
import { gossResources } from "./goss-resources.ts";
import { loadsFromFolder } from "./loads-from-folder.ts";

/** Paths in a shell command that begin somewhere; words such as `~/check.sh`, `/tmp/x`. */
const pathsIn = (command: string): readonly string[] =>
  command.match(/(?<![\w$.])(?:~\/|\$HOME\/|\$\{HOME\}\/|\/)[^\s'"`;|&<>()]*/g) ?? [];

const isWritable = (path: string, writable: readonly string[]): boolean => {
  if (path.startsWith("$")) return true;
  const absolute = expandPath(path);
  return writable.some((folder) => isInside(absolute, folder));
};

/** What of a command is in the student's hands, or was meant to be, as the end of a sentence. */
const handedOver = (command: string, writable: readonly string[], isAtHome: boolean): string | undefined => {
  const load = loadsFromFolder(command, (folder) => isWritable(folder, writable));
  if (load?.from === "given") return `goes where the student can change what "${load.call}" loads or runs`;
  const path = pathsIn(command).find((one) => isWritable(one, writable));
  if (path !== undefined) return `uses ${path}, which the student can change`;
  return load === undefined || isAtHome
    ? undefined
    : `runs in /, and not in the workdir, which "${load.call}" seems to need`;
};

/** A check that runs as root must not run (nor trust) what the student can replace. It begins in `/`. */
export function* studentWritableCommands({ steps, workshop }: Draft): Iterable<Diagnostic> {
  const written = workshop.workshop?.workdir;
  const workdir = written === undefined ? studentHome : expandPath(written);
  const writable = [studentHome, "/tmp", "/var/tmp", "/dev/shm", ...(workdir === "/" ? [] : [workdir])];
  for (const { goss, step } of steps) {
    if (goss === undefined || step.check?.user !== "root") continue;
    for (const { type, id, path, attributes } of gossResources(goss.value)) {
      if (type !== "command") continue;
      const exec = Array.isArray(attributes.exec) ? attributes.exec.map(String).join(" ") : attributes.exec;
      const found = handedOver(typeof exec === "string" ? exec : id, writable, workdir === "/");
      if (found === undefined) continue;
      const here = typeof exec === "string" ? [...path, "exec"] : path;
      yield warning({
        code: "goss-student-writable-command",
        path: formatPath(here),
        at: typeof exec === "string" ? goss.valueAt(here) : goss.keyAt(here),
        message: `check.user is root, and this command ${found}.`,
        remedy:
          "Remove check.user (commands then run as the student, in the workdir), or use a program outside the student's reach.",
      });
    }
  }
}
