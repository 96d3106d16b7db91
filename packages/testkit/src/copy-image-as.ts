import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { extract, pack } from "tar-stream";

const saved = 4 * 1024 ** 3;

const bufferOf = async (stream: AsyncIterable<unknown>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** Copies an image under another name with another architecture in its configuration: what a foreign image looks like. */
export const copyImageAs = async (source: string, target: string, architecture: string): Promise<void> => {
  const files = new Map<string, Buffer>();
  for await (const entry of Readable.from([execFileSync("docker", ["save", source], { maxBuffer: saved })]).pipe(
    extract(),
  ))
    if (entry.header.type === "file") files.set(entry.header.name, await bufferOf(entry));
    else entry.resume();
  const read = (name: string): Buffer => files.get(name) ?? Buffer.alloc(0);
  const [manifest] = JSON.parse(read("manifest.json").toString("utf8")) as [{ Config: string; Layers: string[] }];
  const config = Buffer.from(JSON.stringify({ ...JSON.parse(read(manifest.Config).toString("utf8")), architecture }));
  const name = `${createHash("sha256").update(config).digest("hex")}.json`;
  const archive = pack();
  const whole = bufferOf(Readable.from(archive));
  for (const layer of manifest.Layers) archive.entry({ name: layer }, read(layer));
  archive.entry({ name }, config);
  archive.entry(
    { name: "manifest.json" },
    JSON.stringify([{ Config: name, RepoTags: [target], Layers: manifest.Layers }]),
  );
  archive.finalize();
  execFileSync("docker", ["load"], { input: await whole, stdio: ["pipe", "ignore", "inherit"] });
};
