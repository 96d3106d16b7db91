import { text } from "node:stream/consumers";
import { type SaveOrder, saveFile } from "./save-file.ts";

/** Short-lived process that writes one file as the student: a {@link SaveOrder} on stdin, the answer on stdout. */
process.stdout.write(JSON.stringify(await saveFile(JSON.parse(await text(process.stdin)) as SaveOrder)));
