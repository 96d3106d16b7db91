import assert from "node:assert/strict";
import { test } from "node:test";
import { uploadBytes } from "@atelier/contract";
import type { WriteDemand } from "../../api/files-client.ts";
import { RequestFailed } from "../../api/problem.ts";
import { createUploadQueue, type Upload } from "./upload-queue.ts";

const problem = (code: string) => new RequestFailed(412, { code, message: code, fields: [] });

test("files go one by one; a clash is asked about, a failure stops only itself, a size too big is not even sent", async () => {
  const there = new Set(["/work/old.txt", "/work/kept.txt"]);
  const written: string[] = [];
  let shown: readonly Upload[] = [];
  const asked: string[] = [];
  const queue = createUploadQueue({
    client: {
      list: async () => ({ path: "/work", entries: [], truncated: false, roots: ["/home"] }),
      write: async (path: string, _body: Blob | string, demand: WriteDemand) => {
        if (path.endsWith("bad.txt")) throw problem("file-denied");
        if (demand === "fresh" && there.has(path)) throw problem("file-exists");
        written.push(path);
        const entry = { name: "", path, kind: "file" as const, link: false, size: 0, modified: "" };
        return { entry, etag: "1" };
      },
    },
    onChange: (uploads) => {
      shown = uploads;
    },
    askReplace: async (name) => {
      asked.push(name);
      return name === "old.txt";
    },
    tooBig: (name) => ({ code: "file-too-big", message: name, fields: [] }),
  });
  const file = (name: string, size = 1) => ({ name, size });
  await queue.add(undefined, [
    file("new.txt"),
    file("old.txt"),
    file("bad.txt"),
    file("kept.txt"),
    file("huge", uploadBytes + 1),
  ]);
  await queue.add("/", [file("root.txt")]);
  assert.deepEqual(
    shown.map(({ name, state }) => `${name} ${state}`),
    ["new.txt done", "old.txt done", "bad.txt failed", "kept.txt skipped", "huge failed", "root.txt done"],
  );
  assert.deepEqual(
    [written, asked],
    [
      ["/work/new.txt", "/work/old.txt", "/root.txt"],
      ["old.txt", "kept.txt"],
    ],
  );
  queue.clear();
  assert.deepEqual(shown, []);
});
