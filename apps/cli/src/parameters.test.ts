import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError, type Workshop } from "@atelier/domain";
import type { Context } from "./context.ts";
import { askForParameters, secretsBesideBuild } from "./parameters.ts";

const workshop = {
  parameters: [
    { name: "password", description: "", required: true, secret: true },
    { name: "both", description: "", required: false, secret: true },
  ],
  steps: [{ commands: [{ secrets: ["token"] }, { secrets: ["both"] }] }, { commands: [] }],
} as unknown as Pick<Workshop, "parameters" | "steps">;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const context = { reporter: { isInteractive: false } } as unknown as Context;

test("a secret that only the build wants is no parameter, and one that nobody knows is refused by name", async () => {
  const given = { password: bytes("p\n"), both: bytes("b"), token: bytes("t") };
  const secrets = secretsBesideBuild(workshop, given);
  assert.deepEqual(Object.keys(secrets), ["password", "both"]);
  assert.deepEqual(await askForParameters(context, workshop.parameters, { values: {}, secrets }), {
    values: {},
    secrets: { password: "p", both: "b" },
  });
  await assert.rejects(
    askForParameters(context, workshop.parameters, {
      values: {},
      secrets: secretsBesideBuild(workshop, { ...given, pasword: bytes("p") }),
    }),
    (error) => isAppError(error) && /no parameter "pasword"/.test(error.message),
  );
});
