import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "@atelier/domain";
import { checkDemo, type DemoStep } from "./demo/check-demo.ts";
import { runCli } from "./demo/run-cli.ts";
import { createStages } from "./demo/stages.ts";
import { ensureDocker } from "./ensure-docker.ts";
import { print } from "./gate/print.ts";

/** `npm run demo`: from a bare machine to a workspace in the browser. `--check` plays the student itself. */
const isCheck = process.argv.includes("--check");
const example = fileURLToPath(new URL("../examples/linux-basics", import.meta.url));
const step: DemoStep = {
  id: "find-your-way",
  page: /working directory/,
  commands: ["mkdir -p ~/camp/tent", "mv ~/supplies/map.txt ~/camp/", "cp ~/supplies/rope.txt ~/camp/tent/"],
};

const main = async (): Promise<number> => {
  const stages = createStages(print.line);
  // A state directory of its own: the demo never touches a person's workspaces.
  const state = join(
    process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local/state"),
    isCheck ? `atelier-demo-check-${process.pid}` : "atelier-demo",
  );
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const endpoint = await stages.stage("a Docker engine answers", () => ensureDocker({ log: print.line }));
  const env = {
    ...process.env,
    ATELIER_STATE_DIR: state,
    DOCKER_HOST: endpoint.kind === "socket" ? `unix://${endpoint.path}` : `tcp://${endpoint.host}:${endpoint.port}`,
  };
  await stages.stage("base, platform and example are built", () => runCli(["build", example], env));
  try {
    const url = await stages.stage("a workspace is ready", () => runCli(["run", example], env));
    if (!isCheck) {
      print.line(
        `\nOpen this link in a browser:\n\n  ${url}\n\nThe workspace goes on running. To end it:\n  ATELIER_STATE_DIR=${state} npm run --silent atelier -- remove --all --yes`,
      );
      return 0;
    }
    await checkDemo(url, step, stages);
  } finally {
    if (isCheck) await stages.stage("everything is cleaned up", () => runCli(["remove", "--all", "--yes"], env));
    if (isCheck) print.line(`${stages.passed} passed, ${stages.failed} failed, 0 skipped`);
  }
  return stages.failed === 0 ? 0 : 1;
};

process.exitCode = await main().catch((error: unknown) => {
  if (error instanceof AppError) print.line(`${error.message}${error.hint ? `\n→ ${error.hint}` : ""}`);
  else if (!isCheck) print.line(error instanceof Error ? error.message : String(error));
  return 1;
});
// Kept-alive connections must not keep the process.
process.exit();
