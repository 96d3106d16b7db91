import { PassThrough, Writable } from "node:stream";
import { defaultCheckpointLimits } from "../limits.ts";
import { type ScanResult, scanRoots } from "../scan-roots.ts";
import { applyArchive } from "./apply-archive.ts";
import { compareWithArchive } from "./compare-with-archive.ts";
import { encodeFrame, FrameReader } from "./frames.ts";
import type { WorkerOrder } from "./orders.ts";
import { writeArchive } from "./write-archive.ts";

/**
 * Process that touches the student's files with the student's rights. Takes orders as frames on stdin, one
 * after the other, until that ends; a `restore` is followed by the archive as `data` frames. Answers on
 * stdout; a `save` sends the archive before its answer.
 */
const limits = defaultCheckpointLimits;
let last: ScanResult | undefined;
let archive: PassThrough | undefined;

/** Writing to a pipe blocks: a slow reader slows this process, and nothing piles up. */
const send = (...frame: Parameters<typeof encodeFrame>): void => {
  process.stdout.write(encodeFrame(...frame));
};

const execute = async (order: WorkerOrder): Promise<object> => {
  switch (order.verb) {
    case "scan": {
      const known = last ?? order.known;
      const found = scanRoots({ roots: order.roots, limits, fresh: order.fresh, ...(known ? { known } : {}) });
      // A big home is a long answer, and whoever waits for it has terminals to serve.
      const isUnchanged = known !== undefined && isSame(known, found);
      last = found;
      return isUnchanged ? { unchanged: true } : found;
    }
    case "save":
      return await writeArchive(
        order.paths,
        new Writable({
          write: (chunk: Buffer, _encoding, done) => {
            send("data", chunk);
            done();
          },
        }),
        limits,
      );
    case "compare":
      return await compareWithArchive((archive = new PassThrough()), order.paths);
    case "restore":
      return await applyArchive((archive = new PassThrough()), {
        roots: order.roots,
        apply: new Set(order.apply),
        remove: order.remove,
      });
  }
};

/** Signatures hold everything that can change of a file, links and folders apart. */
const isSame = (a: ScanResult, b: ScanResult): boolean =>
  a.skipped.length === b.skipped.length &&
  JSON.stringify(a.unseen) === JSON.stringify(b.unseen) &&
  JSON.stringify(a.signatures) === JSON.stringify(b.signatures) &&
  JSON.stringify(a.entries) === JSON.stringify(b.entries);

const reader = new FrameReader();
process.stdin.on("data", (chunk: Buffer) => {
  for (const { kind, payload } of reader.push(chunk)) {
    if (kind === "data") archive?.write(payload);
    else if (kind === "end") archive?.end();
    else if (kind === "order") {
      send("accepted");
      execute(JSON.parse(payload.toString("utf8")) as WorkerOrder).then(
        (answer) => send("answer", Buffer.from(JSON.stringify(answer))),
        (error: unknown) => send("failure", Buffer.from((error as Error).message)),
      );
    }
  }
});
