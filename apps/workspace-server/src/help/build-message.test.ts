import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { CommandRecord } from "@atelier/contract";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { buildMaterial } from "./build-message.ts";
import { readDocuments } from "./read-documents.ts";

const secret = "s3cret-value-of-some-length";
const redact = knownSecrets([secret]).mask;
/** The secret begins `most` characters after the beginning, or a little before. */
const acrossTheCut = (most: number, before: number): string =>
  `${"x".repeat(most - before)}${secret}${"y".repeat(100)}`;

test("whatever is shortened for the model, no part of a secret stays at the cut", async () => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-docs-"));
  try {
    for (let before = 1; before < secret.length; before += 4) {
      writeFileSync(join(folder, "a.md"), acrossTheCut(12_000, before));
      const documents = await readDocuments(folder, { budget: 12_000, redact });
      const material = buildMaterial(
        {
          title: "One",
          content: acrossTheCut(12_000, before),
          authorContext: acrossTheCut(4000, before),
          documents,
          lastCheck: {
            step: "one",
            outcome: "failed",
            at: "2026-01-01T00:00:00.000Z",
            durationMs: 1,
            cause: "c",
            assertions: [
              {
                id: "a",
                title: "a",
                status: "failed",
                expected: acrossTheCut(300, before),
                found: acrossTheCut(300, before),
              },
            ],
          },
          commands: [{ command: acrossTheCut(400, before), cwd: `/home/${secret}` } as CommandRecord],
          redact,
        },
        "tag",
      );
      assert.doesNotMatch(material, /s3|xs/, `${before} before the cut`);
      assert.equal(material.match(/\[shortened\]/g)?.length, 4, "content, notes, document and command were cut");
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
