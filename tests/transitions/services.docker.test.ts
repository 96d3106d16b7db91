import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type AtelierCli, createAtelierCli, openWorkspace } from "@atelier/testkit";
import { reboot } from "./reboot.ts";

const service = (name: string): string => `    - name: ${name}
      from: workshop
      command: [/opt/atelier/bin/node, -e, 'require("http").createServer((_, a) => a.end("hello of ${name}")).listen(8080)']
      ports: [8080]
      ready: { port: 8080 }
`;
const workshop = (services: readonly string[]): string => `version: v1
workshop: { name: moved, version: "1", title: Moved }
base: { image: "debian:12" }
${services.length > 0 ? `infrastructure:\n  services:\n${services.map(service).join("")}` : ""}steps: [one]
`;

/** Names of the services that run. */
const servicesOf = (atelier: AtelierCli): readonly string[] => {
  const state = readFileSync(join(atelier.stateDirectory, "id"), "utf8").trim();
  const filters = [`label=dev.atelier.state=${state}`, "label=dev.atelier.role=service"];
  const format = '{{.Label "dev.atelier.service"}}';
  return execFileSync("docker", ["ps", ...filters.flatMap((each) => ["--filter", each]), "--format", format], {
    encoding: "utf8",
  })
    .split("\n")
    .filter((name) => name !== "")
    .sort();
};

test("a move to a build that brings the first services, and to one that has others: the student reaches what there is, after a reboot as well", async () => {
  await using atelier = await createAtelierCli();
  const edit = (services: readonly string[]): Promise<void> => atelier.write({ "w/workshop.yaml": workshop(services) });
  await atelier.write({ "w/steps/one/step.yaml": "title: One\n", "w/steps/one/content.md": "# One\n" });
  await edit([]);
  const url = (await atelier.succeed("run", "w")).stdout.trim();
  const ask = async (name: string): Promise<string> => {
    using terminal = await (await openWorkspace(url)).terminal();
    const request = `exec 3<>/dev/tcp/${name}/8080; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; tail -n 1 <&3; echo`;
    return await terminal.run(request, 30_000);
  };
  {
    using terminal = await (await openWorkspace(url)).terminal();
    await terminal.run("echo mine > ~/notes", 30_000);
  }
  await edit(["api"]);
  await atelier.succeed("run", "w", "--on-edit", "move");
  assert.deepEqual(servicesOf(atelier), ["api"]);
  assert.match(await ask("api"), /hello of api/);

  await edit(["store"]);
  await atelier.succeed("run", "w", "--on-edit", "move");
  assert.deepEqual(servicesOf(atelier), ["store"]);
  assert.match(await ask("store"), /hello of store/);

  await reboot(atelier);
  assert.deepEqual(servicesOf(atelier), []);
  assert.equal((await atelier.succeed("start", "moved")).stdout.trim(), url);
  assert.deepEqual(servicesOf(atelier), ["store"]);
  assert.match(await ask("store"), /hello of store/);
  using terminal = await (await openWorkspace(url)).terminal();
  assert.match(await terminal.run("cat ~/notes", 30_000), /mine/);
});
