import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { build } from "esbuild";
import { smallDagger } from "./small-dagger.ts";

const source = `
import { Client, Container, Context } from "@dagger.io/dagger";
const asked = [];
const request = async (query) => {
  asked.push(query.trim());
  if (query.includes("stdout")) throw new Error("refused");
  return { host: { file: { id: "f1" } } };
};
const context = new Context([], { getGQLClient: () => ({ request }) });
const file = await new Client(context).host().file("/a").id();
const failed = await new Container(context.selectNode("c1", "Container")).withMountedFile("/b", file).stdout().catch((e) => e.cause.message);
process.stdout.write(JSON.stringify({ file, failed, asked }));
`;

test("a bundle brings Dagger's API, over a connection of our own, and nothing else of its SDK", async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, loader: "js", resolveDir: import.meta.dirname },
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
    metafile: true,
    plugins: [smallDagger],
  });
  const others = Object.keys(metafile.inputs).flatMap(
    (name) => /node_modules\/((?!@dagger\.io).+)/.exec(name)?.[1] ?? [],
  );
  assert.deepEqual(others, ["node-color-log/index.js"]);
  const said = execFileSync(process.execPath, ["--input-type=module"], {
    input: outputFiles[0]?.text ?? "",
    encoding: "utf8",
  });
  assert.deepEqual(JSON.parse(said), {
    file: "f1",
    failed: "refused",
    asked: [
      '{ host  { file (path: "/a") { id  } } }',
      '{ node (id: "c1") { ... on Container { withMountedFile (path: "/b",source: "f1") { stdout  } } } }',
    ],
  });
});
