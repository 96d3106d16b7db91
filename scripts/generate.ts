import { print } from "./gate/print.ts";
import { requireNode } from "./gate/require-node.ts";
import { writeGeneratedFiles } from "./generated/generated-files.ts";

requireNode();
const written = writeGeneratedFiles();
for (const path of written) print.line(`wrote ${path}`);
if (written.length === 0) print.line("All generated files are current.");
