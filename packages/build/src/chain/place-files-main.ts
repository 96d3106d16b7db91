import { placeFiles } from "./place-files.ts";
import { readPacking } from "./packed-files.ts";

/** Runs inside a build's container, bundled with the platform layer: `node place-files.mjs <pack>`. */
const [pack = ""] = process.argv.slice(2);
await placeFiles(pack, await readPacking(pack));
