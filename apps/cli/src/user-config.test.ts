import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isAppError } from "@atelier/domain";
import { readUserConfig, type UserConfig } from "./user-config.ts";

const withConfig = (text: string | undefined, run: (read: () => UserConfig, folder: string) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-config-"));
  try {
    mkdirSync(join(folder, "atelier"));
    if (text !== undefined) writeFileSync(join(folder, "atelier/config.yaml"), text);
    run(() => readUserConfig({ env: { XDG_CONFIG_HOME: folder } }), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test("no file and an empty file set nothing", () => {
  withConfig(undefined, (read) => assert.deepEqual(read(), {}));
  withConfig("\n", (read) => assert.deepEqual(read(), {}));
});

test("a template is found beside the file", () =>
  withConfig("template: class.yaml\nopen: true\n", (read, folder) =>
    assert.deepEqual(read(), { template: join(folder, "atelier/class.yaml"), open: true }),
  ));

test("mistakes are all said, with their lines", () =>
  withConfig("templat: x\nopen: maybe\n", (read) =>
    assert.throws(read, (error: unknown) => {
      assert.ok(isAppError(error));
      assert.deepEqual(
        error.diagnostics.map(({ at, path }) => [at?.line, path]),
        [
          [1, "templat"],
          [2, "open"],
        ],
      );
      return true;
    }),
  ));
