import assert from "node:assert/strict";
import { test } from "node:test";
import { frameSource } from "./frame-source.ts";

test("a preview pattern becomes a source that names its own ports only", () => {
  assert.deepEqual(
    [
      "http://p{port}.quiet-otter.localhost:7700/",
      "https://quiet-otter-p{port}.workshops.example/",
      "http://127.0.0.1:{port}/",
      "http://a.example/; script-src *",
      "http://x; script-src *{port}",
      undefined,
    ].map(frameSource),
    [
      "http://*.quiet-otter.localhost:7700",
      "https://*.workshops.example",
      "http://127.0.0.1:*",
      "http://a.example",
      undefined,
      undefined,
    ],
  );
});
