import assert from "node:assert/strict";
import { test } from "node:test";
import { imageOf } from "./engine-image.ts";
import { describeImage } from "./load-images.ts";

test("an image on a base has neither its volumes nor its health check nor what it does to its own heirs", () => {
  const base = imageOf({
    Id: "sha256:base",
    RepoTags: [],
    Size: 1,
    Os: "linux",
    Architecture: "amd64",
    Config: {
      Entrypoint: [],
      Cmd: [],
      Env: ["PGDATA=/var/lib/postgresql/data"],
      Labels: { maintainer: "somebody" },
      Volumes: { "/var/lib/postgresql/data": {} },
      Healthcheck: { Test: ["CMD-SHELL", "pg_isready"], Interval: 1_000_000_000 },
      OnBuild: ["COPY . /app"],
    },
    RootFS: { Layers: ["sha256:layer"] },
  });
  const { image, json } = describeImage({ parent: base, layers: [], config: base.config, comment: "" });
  const kept = { Env: ["PGDATA=/var/lib/postgresql/data"], Labels: { maintainer: "somebody" } };
  assert.deepEqual([image.config, JSON.parse(json).config], [kept, kept]);
});
