import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { build } from "esbuild";
import { smallHttp } from "./small-http.ts";

const source = `
import http, { request } from "node:http";
import { once } from "node:events";
const server = http.createServer((_, answer) => answer.end("pong")).listen(0, "127.0.0.1");
await once(server, "listening");
const [response] = await once(request({ port: server.address().port }).end(), "response");
process.stdout.write((await response.toArray()).join("") + " " + process.moduleLoadList.some((name) => name.includes("undici/undici")));
server.close();
`;

const outputOf = async (plugins: readonly (typeof smallHttp)[]): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: source, loader: "js" },
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
    plugins: [...plugins],
  });
  return execFileSync(process.execPath, ["--input-type=module", "-e", outputFiles[0]?.text ?? ""], {
    encoding: "utf8",
  });
};

test("a bundle that speaks HTTP does not load fetch's client", async () => {
  assert.deepEqual([await outputOf([]), await outputOf([smallHttp])], ["pong true", "pong false"]);
});
