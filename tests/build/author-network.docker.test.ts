import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type AtelierCli, createAtelierCli, daggerForTests } from "@atelier/testkit";
import { hiddenHost, openAuthorNetwork } from "./author-network.ts";

const dagger = daggerForTests();

/** Fetches with apt's own client as root, and with Node as the student: neither is told of a proxy by the workshop. */
const steps = (direct: string): string => `title: One
commands:
  - run: |
      /usr/lib/apt/apt-helper download-file https://${hiddenHost}/by-apt /srv/by-apt
      /usr/lib/apt/apt-helper download-file ${direct}/by-apt /srv/direct
  - run: |
      NODE_USE_ENV_PROXY=1 /opt/atelier/bin/node -e 'fetch("https://${hiddenHost}/by-node").then((a) => a.text()).then((t) => console.log(t))' > ~/by-node
    user: student
`;

const writeWorkshop = (atelier: AtelierCli, name: string, direct: string): Promise<void> =>
  atelier.write({
    "w/workshop.yaml": `version: v1\nworkshop:\n  name: ${name}\n  version: "1"\n  title: Network\nbase:\n  image: debian:12\nsteps: [one]\n`,
    "w/steps/one/step.yaml": steps(direct),
    "w/steps/one/content.md": "# One\n",
  });

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8", maxBuffer: 1 << 26 });

/** Which of some texts stand anywhere in an image: in a layer, its history, its configuration. */
const findIn = async (image: string, texts: readonly string[]): Promise<readonly string[]> => {
  const saved = spawn("docker", ["save", image], { stdio: ["ignore", "pipe", "inherit"] });
  const found = new Set<string>();
  const longest = Math.max(...texts.map(({ length }) => length));
  let tail = "";
  for await (const chunk of saved.stdout) {
    const text = tail + (chunk as Buffer).toString("latin1");
    for (const wanted of texts) if (text.includes(wanted)) found.add(wanted);
    tail = text.slice(-longest);
  }
  return [...found];
};

for (const builder of dagger ? (["docker", "dagger"] as const) : (["docker"] as const))
  test(`${builder} builder: commands reach what is outside through a proxy that signs itself, and nothing of it is in the image`, async () => {
    await using network = await openAuthorNetwork();
    const host = new URL(network.direct).hostname;
    await using atelier = await createAtelierCli({
      ...dagger?.env,
      HTTP_PROXY: network.proxy,
      HTTPS_PROXY: network.proxy,
      NO_PROXY: `localhost,127.0.0.1,${host}`,
      NODE_EXTRA_CA_CERTS: network.caFile,
    });
    await writeWorkshop(atelier, `network-${builder}`, network.direct);
    await atelier.succeed("build", "w", "--builder", builder);
    const image = `atelier/network-${builder}:1-one`;
    const inImage = docker(
      "run",
      "--rm",
      "--entrypoint",
      "/bin/sh",
      image,
      "-c",
      "cat /srv/by-apt; echo; cat /srv/direct; echo; cat /home/student/by-node; ls -A /dev/shm; env",
    );
    assert.match(inImage, /^hidden \/by-apt\ndirect \/by-apt\nhidden \/by-node\n/);
    assert.doesNotMatch(inImage, /proxy|atelier-trust|_CA_|APT_CONFIG/i);
    // Dagger's own CLI asks after its registry on its way.
    const said = network.asked.filter((line) => !/without login$|dagger\.io/.test(line));
    assert.deepEqual([...new Set(said)], [`CONNECT ${hiddenHost}:443`]);
    const [, line = ""] = readFileSync(network.caFile, "utf8").split("\n");
    assert.ok(line.length > 40);
    assert.deepEqual(await findIn(image, [network.password, line, "atelier-trust", "hidden /by-apt"]), [
      "hidden /by-apt",
    ]);
  });

test("an authority file that is none is refused by name before anything is built", async () => {
  await using atelier = await createAtelierCli({ NODE_EXTRA_CA_CERTS: "/etc/hostname" });
  await writeWorkshop(atelier, "network-none", "http://127.0.0.1:1");
  const { code, stderr } = await atelier.run("build", "w", "--builder", "docker");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /NODE_EXTRA_CA_CERTS: \/etc\/hostname holds no certificate\.\n→ Point NODE_EXTRA_CA_CERTS at a PEM file/,
  );
});
