import { readFileSync } from "node:fs";
import { takeLayers } from "./take-layers.ts";

// `node take-layers.mjs <archive> <target> <known layers> <most bytes to print>`: a small answer is printed as
// base64, which is there sooner than a file that has to be asked for.
const [archive = "", target = "", known = "0", most = "0"] = process.argv.slice(2);
if (takeLayers(archive, target, Number(known)) <= Number(most))
  process.stdout.write(readFileSync(target).toString("base64"));
