import { type AtelierAddress, connectAtelier, connectTtyd } from "./connections.ts";

/** `node scroll.ts <what>`: keeps a terminal scrolling at full speed, in a process of its own. */
const [what = ""] = process.argv.slice(2);
const target = JSON.parse(what) as {
  readonly atelier?: AtelierAddress;
  readonly terminal: string;
  readonly ttyd?: { host: string; port: number };
};
const connection = target.atelier
  ? await connectAtelier(target.atelier, target.terminal)
  : await connectTtyd(target.ttyd?.host ?? "", target.ttyd?.port ?? 0);
connection.type("while :; do cat /var/tmp/bulk.txt; done\n");
process.stdout.write("scrolling\n");
process.once("SIGTERM", () => {
  // Our terminal outlives its viewers: it would go on scrolling into the next measurement.
  connection.type("\u0003");
  setTimeout(() => process.exit(0), 500);
});
