import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Answers every query with the number of its process, but a slow one never. */
const program = `
const { createServer } = require("node:http");
const { appendFileSync, existsSync } = require("node:fs");
const note = (text) => appendFileSync(__dirname + "/noted", text + "\\n");
if (existsSync(__dirname + "/broken")) {
  process.stderr.write("no engine here\\n");
  process.exit(1);
}
if (existsSync(__dirname + "/silent")) return setInterval(() => undefined, 1000);
note("began " + process.pid + " " + process.argv.slice(2).join(" "));
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (data) => { body += data; });
  request.on("end", () => {
    if (request.headers.authorization !== "Basic " + btoa("secret-token:")) return response.writeHead(401).end();
    if (existsSync(__dirname + "/engine-gone")) return response.writeHead(502).end("http do: refused");
    if (body.includes("fails"))
      return response.end(JSON.stringify({ errors: [{ message: "exit code: 3", extensions: { _type: "EXEC_ERROR", exitCode: 3, stdout: "out", stderr: "err" } }] }));
    if (!body.includes("slow")) return response.end(JSON.stringify({ data: { pid: process.pid } }));
    note("asked");
    response.once("close", () => note("cancelled"));
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(JSON.stringify({ port: server.address().port, session_token: "secret-token" }) + "\\n"));
process.stdin.resume().once("end", () => {
  note("ended " + process.pid);
  process.exit();
});
`;

/** A program that stands in for `dagger session`, and notes what becomes of it. */
export interface FakeDagger extends AsyncDisposable {
  readonly folder: string;
  readonly cli: string;
  noted(): Promise<readonly string[]>;
  /** From now on no session begins. */
  break(): Promise<void>;
  /** From now on whoever begins a session waits for an engine that never answers. */
  silence(): Promise<void>;
  /** From now on sessions answer that their engine is gone; `false`: it is back. */
  loseEngine(isGone: boolean): Promise<void>;
}

export const createFakeDagger = async (): Promise<FakeDagger> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-dagger-"));
  const cli = join(folder, "dagger.cjs");
  await writeFile(cli, `#!${process.execPath}\n${program}`);
  await chmod(cli, 0o755);
  return {
    folder,
    cli,
    noted: async () =>
      (await readFile(join(folder, "noted"), "utf8").catch(() => "")).split("\n").filter((line) => line !== ""),
    break: () => writeFile(join(folder, "broken"), ""),
    silence: () => writeFile(join(folder, "silent"), ""),
    loseEngine: (isGone) =>
      isGone ? writeFile(join(folder, "engine-gone"), "") : rm(join(folder, "engine-gone"), { force: true }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 }),
  };
};
