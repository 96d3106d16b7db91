import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createAtelierCli } from "@atelier/testkit";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

for (const example of ["linux-basics", "git-rescue", "http-service"])
  test(`every step of ${example} can be done by its own text`, async () => {
    await using atelier = await createAtelierCli();
    const { stdout } = await atelier.succeed("test", join(examples, example), "--walk", "--json");
    const { walks } = JSON.parse(stdout) as { walks: readonly { step: string; verdict: string }[] };
    assert.deepEqual(
      walks.filter(({ verdict }) => verdict !== "walked" && verdict !== "solved"),
      [],
    );
    assert.ok(walks.length >= 4);
  });
