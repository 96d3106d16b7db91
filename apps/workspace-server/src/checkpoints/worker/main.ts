import { readFileSync } from "node:fs";
import { defaultCheckpointLimits } from "../limits.ts";
import { type ScanOptions, scanRoots } from "../scan-roots.ts";
import { applyArchive } from "./apply-archive.ts";
import { writeArchive } from "./write-archive.ts";

/**
 * Short-lived process that touches the student's files with the student's rights. Its order comes as
 * one JSON document on descriptor 3; its answer is one JSON document.
 *
 *   scan     order {roots, known}          → stdout ScanResult
 *   save     order {paths}                 → stdout tar, stderr ArchiveSummary
 *   restore  order {roots, apply, remove}  ← stdin tar, stdout ApplySummary
 */
const order = JSON.parse(readFileSync(3, "utf8")) as {
  roots?: string[];
  known?: NonNullable<ScanOptions["known"]>;
  paths?: string[];
  apply?: string[];
  remove?: string[];
};

const limits = defaultCheckpointLimits;
switch (process.argv[2]) {
  case "scan": {
    const options = { roots: order.roots ?? [], limits };
    process.stdout.write(JSON.stringify(await scanRoots(order.known ? { ...options, known: order.known } : options)));
    break;
  }
  case "save":
    process.stderr.write(JSON.stringify(await writeArchive(order.paths ?? [], process.stdout, limits)));
    break;
  case "restore":
    process.stdout.write(
      JSON.stringify(
        await applyArchive(process.stdin, {
          roots: order.roots ?? [],
          apply: new Set(order.apply),
          remove: order.remove ?? [],
        }),
      ),
    );
    break;
  default:
    process.exitCode = 2;
}
