import { runtimeFilesSchema, runtimePaths } from "@atelier/contract";
import { writeRuntimeFiles } from "./write-runtime-files.ts";

/** Run by the manager as root in the container: takes {@link RuntimeFiles} from stdin. */
const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const parsed = runtimeFilesSchema.safeParse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
if (parsed.success) await writeRuntimeFiles(runtimePaths.folder, parsed.data);
else {
  process.stderr.write(`not a set of runtime files: ${parsed.error.message}\n`);
  process.exitCode = 2;
}
