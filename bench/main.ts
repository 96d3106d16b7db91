import { readdirSync } from "node:fs";
import type { Bench, BenchRow } from "./bench-row.ts";

/** `npm run bench -- <name>` runs one bench, `npm run bench` all of them; `--json` prints an object a line. */
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const args = process.argv.slice(2);
const isJson = args.includes("--json");
const wanted = args.filter((argument) => !argument.startsWith("--"));
const folder = new URL("./", import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".bench.ts"))
  .map((name) => name.slice(0, -".bench.ts".length));
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(", ")}. There are: ${names.join(", ")}\n`);
  process.exit(2);
}

const cell = (value: number | null): string =>
  value === null ? "–" : value >= 100 ? value.toFixed(0) : value.toFixed(2);
const rowText = ({ name, unit, ours, peer, ratio, goal, met, spread }: BenchRow): string =>
  `${met === null ? " " : met ? "✓" : "✗"} ${name.padEnd(44)} ${cell(ours).padStart(9)} ${cell(peer).padStart(9)} ${unit.padEnd(7)} ${cell(ratio).padStart(6)}  ${goal}${spread === undefined ? "" : `  (${spread})`}`;

let failed = false;
if (!isJson)
  print(`  ${"".padEnd(44)} ${"ours".padStart(9)} ${"peer".padStart(9)} ${"".padEnd(7)} ${"ratio".padStart(6)}  goal`);
for (const name of wanted.length > 0 ? wanted : names) {
  const { default: bench } = (await import(new URL(`${name}.bench.ts`, folder).href)) as { readonly default: Bench };
  for (const row of await bench()) {
    failed ||= row.met === false;
    print(isJson ? JSON.stringify(row) : rowText(row));
  }
}
process.exit(failed ? 1 : 0);
