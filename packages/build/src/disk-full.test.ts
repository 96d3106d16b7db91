import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@atelier/domain";
import { orEngineFull, withRoom } from "./disk-full.ts";

const doing = 'Step "two" (steps/two/step.yaml:3)';
const said = (error: unknown) =>
  error instanceof AppError ? [error.code, error.message, /var\/lib\/dagger/.test(error.hint ?? "")] : error;

test("an engine's full disk is said with the line that was being made, and once", () => {
  const full = "write /x: no space left on device";
  const docker = orEngineFull(new AppError("docker-failed", full), doing);
  assert.deepEqual(said(docker), ["engine-disk-full", `${doing}: the engine's disk is full: ${full}`, false]);
  const dagger = orEngineFull(new Error(full), doing);
  assert.deepEqual(said(dagger), ["engine-disk-full", `${doing}: the engine's disk is full: ${full}`, true]);
  assert.equal(orEngineFull(dagger, "The build"), dagger);
});

test("a command that failed for it, and anything else, stays what it is", () => {
  for (const error of [new AppError("command-failed", "no space left on device"), new Error("refused"), "odd"])
    assert.equal(orEngineFull(error, doing), error);
});

test("this machine's own full disk is told apart by its place", async () => {
  const cause = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  await assert.rejects(
    withRoom(() => Promise.reject(cause), { doing: () => doing, place: "/small", hint: "Make room." }),
    { code: "disk-full", message: `${doing}: there is no room left in /small.`, hint: "Make room." },
  );
});
