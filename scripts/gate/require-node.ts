import { print } from "./print.ts";

/** The major version that the development dependency `node` pins. */
export const nodeMajor = 26;

/** Ends the process when it runs on the machine's own Node: other versions run other syntax and other tests. */
export const requireNode = (version: string = process.version): void => {
  if (version.startsWith(`v${nodeMajor}.`)) return;
  print.line(`This is Node ${version}; the project needs Node ${nodeMajor}, which comes with npm ci.`);
  print.line("Run it through npm, which finds the right one: npm run check, npm run test:unit, npm run fix.");
  process.exit(2);
};
