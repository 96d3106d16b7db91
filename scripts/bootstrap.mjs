// Runs on Node 20 with nothing installed: brings the dependencies, then hands over to Node 26 among them.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scripts = { demo: "demo:run", test: "test:all" };
const [name = "", ...args] = process.argv.slice(2);
const script = scripts[name];
if (script === undefined) {
  console.error(`usage: node scripts/bootstrap.mjs <${Object.keys(scripts).join("|")}> [arguments]`);
  process.exit(2);
}
if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(`Node ${process.versions.node} is too old: Node 20 or newer is needed to begin with.`);
  process.exit(1);
}

/** npm notes what it installed here; older than the lock file means that something is missing. */
const installed = join(root, "node_modules/.package-lock.json");
const lock = join(root, "package-lock.json");
const isCurrent = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
const npm = (npmArgs) => {
  const { status, error } = spawnSync("npm", npmArgs, { cwd: root, stdio: "inherit" });
  if (error) {
    console.error(`npm could not be started: ${error.message}`);
    process.exit(1);
  }
  return status ?? 1;
};
if (!isCurrent) {
  console.error("Installing npm dependencies (once) …");
  const status = npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (status !== 0) process.exit(status);
}
process.exit(npm(["run", "--silent", script, "--", ...args]));
