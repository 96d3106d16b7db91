import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { FileEntry, FolderView, WorkView } from "@atelier/contract";

/** The file API on a folder of this machine, without any of the real one's care. */
export const createFakeFiles =
  (home: string) =>
  async (request: IncomingMessage, response: ServerResponse, parts: readonly string[]): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://fake.invalid");
    const given = url.searchParams.get("path") ?? home;
    const path = given.startsWith("~") ? home + given.slice(1) : given;
    const json = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers });
      response.end(JSON.stringify(body));
    };
    const refuse = (status: number, code: string, message: string): void => json(status, { code, message, fields: [] });
    const entryOf = async (at: string): Promise<FileEntry> => {
      const seen = await stat(at);
      return {
        name: basename(at),
        path: at,
        kind: seen.isDirectory() ? "folder" : "file",
        link: false,
        size: seen.size,
        modified: seen.mtime.toISOString(),
      };
    };
    const etagOf = async (at: string): Promise<string | undefined> =>
      readFile(at).then(
        (bytes) => createHash("sha256").update(bytes).digest("base64url").slice(0, 22),
        () => undefined,
      );
    const body = async (): Promise<Buffer> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    };
    const order = async (): Promise<Record<string, string>> => JSON.parse((await body()).toString());

    const archiveOf = async (folder: string, name: string): Promise<void> => {
      const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
      response.writeHead(200, {
        "content-type": "application/gzip",
        "content-disposition": `attachment; filename="${name}.tar.gz"`,
      });
      response.end(gzipSync(names.map((each) => each.name).join("\n")));
    };

    if (parts[0] === "work") {
      if (parts[1] === "archive") return archiveOf(home, "my-work");
      const names = (await readdir(home, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
      const work: WorkView = {
        changed: names.map((each) => ({ path: join(each.parentPath, each.name), change: "new" })),
        truncated: false,
        commands: 12,
        recordings: [{ name: "session-1.cast", bytes: 2048 }],
      };
      json(200, work);
      return;
    }
    if (parts[1] === undefined) {
      const names = await readdir(path).catch(() => undefined);
      if (names === undefined) return refuse(404, "file-not-found", "There is no such file or folder (any more).");
      const entries = await Promise.all(names.map((name) => entryOf(join(path, name))));
      const rank = ({ kind }: FileEntry): number => (kind === "folder" ? 0 : 1);
      entries.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
      const view: FolderView = { path, entries, truncated: false, roots: [home] };
      return json(200, view);
    }
    if (parts[1] === "archive") return archiveOf(path, basename(path));
    if (parts[1] === "content" && request.method === "GET") {
      const etag = await etagOf(path);
      if (etag === undefined) return refuse(404, "file-not-found", "There is no such file or folder (any more).");
      const download = url.searchParams.has("download");
      response.writeHead(200, {
        "content-type": "application/octet-stream",
        etag: `"${etag}"`,
        ...(download ? { "content-disposition": `attachment; filename="${basename(path)}"` } : {}),
      });
      response.end(await readFile(path));
      return;
    }
    if (parts[1] === "content") {
      const bytes = await body();
      const etag = await etagOf(path);
      const wanted = /"(.+)"/.exec(String(request.headers["if-match"] ?? ""))?.[1];
      if (request.headers["if-none-match"] === "*" && etag !== undefined)
        return refuse(412, "file-exists", "There is something of that name already.");
      if (wanted !== undefined && wanted !== etag)
        return refuse(412, "file-changed", "The file has been changed on disk meanwhile.");
      await writeFile(path, bytes);
      return json(200, await entryOf(path), { etag: `"${await etagOf(path)}"` });
    }
    const asked = await order();
    if (parts[1] === "folder") await mkdir(asked["path"] ?? "");
    if (parts[1] === "rename") await rename(asked["from"] ?? "", asked["to"] ?? "");
    if (parts[1] === "remove") {
      await rm(asked["path"] ?? "", { recursive: true });
      response.writeHead(204).end();
      return;
    }
    json(200, await entryOf(asked["to"] ?? asked["path"] ?? ""));
  };
