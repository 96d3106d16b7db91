import assert from "node:assert/strict";
import { test } from "node:test";
import type { Base, SourceTree } from "@atelier/domain";
import { baseLacks, findInstaller, withoutShell } from "./base-facts.ts";

const text =
  'version: v1\nworkshop:\n  name: w\n  version: "1"\n  title: W\n  sudo: true\n  shell: /bin/bash\nbase:\n  image: alpine:3\nsteps: [one]\n';
const bytes = new TextEncoder().encode(text);
const tree: SourceTree = {
  entries: new Map([
    ["workshop.yaml", { kind: "file", bytes, digest: "", executable: false, size: bytes.length, truncated: false }],
  ]),
};
const image: Base = { kind: "image", image: "alpine:3" };
const said = (...parameters: Parameters<typeof baseLacks>): readonly string[] =>
  baseLacks(...parameters).map(
    ({ path, at, message, remedy }) => `${path} ${at?.line}:${at?.column} ${message} → ${remedy}`,
  );

test("what a base lacks has the line that asks for it and what to write", () => {
  const facts = { bash: false, sudo: false, installer: "apk" };
  assert.deepEqual(said(facts, { base: image, workshop: { sudo: true }, tree }), [
    "base.image 9:10 alpine:3 has no bash, so terminals open /bin/sh. → Write `containerFile: base/Containerfile` here instead, with `FROM alpine:3` and `RUN apk add --no-cache bash` in that file, or say `shell: /bin/sh` below `workshop:`.",
    "workshop.sudo 6:9 alpine:3 has no sudo, which `sudo: true` is for. → Write `containerFile: base/Containerfile` here instead, with `FROM alpine:3` and `RUN apk add --no-cache sudo` in that file, or install it in the first step's commands.",
  ]);
});

test("who wrote a shell is told at that line, and who wrote another one is content", () => {
  const facts = { bash: false, sudo: true };
  const base: Base = { kind: "containerFile", containerFile: "base/Containerfile" };
  assert.deepEqual(said(facts, { base, workshop: { sudo: false, shell: "/bin/bash" }, tree }), [
    "workshop.shell 7:10 base/Containerfile has no bash, so terminals open /bin/sh. → Add bash in base/Containerfile.",
  ]);
  assert.deepEqual(said(facts, { base, workshop: { sudo: true, shell: "/bin/sh" }, tree }), []);
  assert.deepEqual(said({ bash: true, sudo: false }, { base, workshop: { sudo: false }, tree }), []);
});

test("a base without any shell is an error at its line", () => {
  const { severity, at, path } = withoutShell({ base: image, tree });
  assert.deepEqual(
    { severity, at, path },
    {
      severity: "error",
      at: { file: "workshop.yaml", line: 9, column: 10 },
      path: "base.image",
    },
  );
});

test("the program that installs is one that the base has", async () => {
  assert.equal(await findInstaller(async (name) => ["dnf", "microdnf"].includes(name)), "dnf");
  assert.equal(await findInstaller(async () => false), undefined);
});
