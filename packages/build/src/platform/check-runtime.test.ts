import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRuntime, type RuntimeFile } from "./check-runtime.ts";
import { readElf } from "./elf.ts";

interface Elf {
  readonly machine?: number;
  readonly interpreter?: string;
  readonly runpath?: string;
  readonly needed?: readonly string[];
}

/** The least that a loader would look at: header, PT_INTERP, PT_LOAD over all of it, PT_DYNAMIC. */
const makeElf = ({ machine = 62, interpreter, runpath, needed = [] }: Elf): Buffer => {
  const base = 0x40_0000;
  const texts: string[] = [""];
  const offsetOf = (text: string): number => {
    const at = texts.reduce((sum, { length }) => sum + length + 1, 0);
    texts.push(text);
    return at;
  };
  const tags: (readonly [number, number])[] = needed.map((name) => [1, offsetOf(name)]);
  if (runpath !== undefined) tags.push([29, offsetOf(runpath)]);
  const interp = interpreter === undefined ? 0 : offsetOf(interpreter);
  const strings = Buffer.from(`${texts.join("\0")}\0`);
  const stringsAt = 64 + 3 * 56;
  const dynamicAt = stringsAt + strings.length;
  const dynamic = Buffer.alloc((tags.length + 2) * 16);
  for (const [index, [tag, value]] of [[5, base + stringsAt] as const, ...tags].entries()) {
    dynamic.writeBigUInt64LE(BigInt(tag), index * 16);
    dynamic.writeBigUInt64LE(BigInt(value), index * 16 + 8);
  }
  const header = Buffer.alloc(64);
  header.write("\u007fELF\u0002\u0001\u0001", "latin1");
  header.writeUInt16LE(machine, 18);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(3, 56);
  const total = dynamicAt + dynamic.length;
  const program = (type: number, offset: number, size: number): Buffer => {
    const entry = Buffer.alloc(56);
    entry.writeUInt32LE(type, 0);
    for (const [at, value] of [
      [8, offset],
      [16, base + offset],
      [32, size],
      [40, size],
    ] as const)
      entry.writeBigUInt64LE(BigInt(value), at);
    return entry;
  };
  return Buffer.concat([
    header,
    interpreter === undefined ? program(4, 0, 0) : program(3, stringsAt + interp, interpreter.length + 1),
    program(1, 0, total),
    program(2, dynamicAt, dynamic.length),
    strings,
    dynamic,
  ]);
};

const lib = "/opt/atelier/lib";
const loader = `${lib}/ld-linux-aarch64.so.1`;
const program = (change: Elf = {}): Buffer =>
  makeElf({ machine: 183, interpreter: loader, runpath: lib, needed: ["libc.so.6"], ...change });

const layer = (changes: Readonly<Record<string, Buffer | undefined>> = {}): readonly RuntimeFile[] =>
  Object.entries({
    "/opt/atelier/bin/node": program(),
    "/opt/atelier/bin/goss": program(),
    "/opt/atelier/bin/tini": makeElf({ machine: 183 }),
    "/opt/atelier/bin/setpriv": program(),
    "/opt/atelier/bin/flock": program(),
    "/opt/atelier/bin/dash": program(),
    [loader]: makeElf({ machine: 183 }),
    [`${lib}/libc.so.6`]: makeElf({
      machine: 183,
      interpreter: "/lib/ld-linux-aarch64.so.1",
      needed: ["ld-linux-aarch64.so.1"],
    }),
    "/opt/atelier/platform.json": Buffer.from("{}"),
    ...changes,
  }).flatMap(([path, content]) => (content ? [{ path, content }] : []));

test("an ELF file's machine, loader, folder of libraries and needs are read", () => {
  assert.deepEqual(readElf(program({ needed: ["libc.so.6", "libm.so.6"] })), {
    machine: 183,
    interpreter: loader,
    runpath: lib,
    needed: ["libc.so.6", "libm.so.6"],
  });
  assert.throws(() => readElf(Buffer.from("#!/bin/sh")), /no ELF file/);
});

test("a whole layer for a machine we cannot run is sound", () =>
  assert.deepEqual(checkRuntime(layer(), "linux/arm64"), []));

test("every fault of a layer is named with its file", () => {
  const faults = checkRuntime(
    layer({
      "/opt/atelier/bin/node": program({ machine: 62 }),
      "/opt/atelier/bin/goss": program({ interpreter: "/lib/ld-linux-aarch64.so.1" }),
      "/opt/atelier/bin/flock": program({ runpath: "/usr/lib", needed: ["libgone.so.1"] }),
      "/opt/atelier/bin/setpriv": Buffer.from("#!/bin/sh"),
      "/opt/atelier/bin/tini": undefined,
      "/opt/atelier/server/pty.node": makeElf({ machine: 183, needed: ["libc.so.6"] }),
    }),
    "linux/arm64",
  );
  assert.deepEqual(faults, [
    "/opt/atelier/bin/tini is missing",
    "/opt/atelier/bin/node is for machine 62, not 183",
    "/opt/atelier/bin/goss asks for the loader /lib/ld-linux-aarch64.so.1",
    "/opt/atelier/bin/setpriv is no ELF file",
    "/opt/atelier/bin/flock looks for libraries in /usr/lib",
    "/opt/atelier/bin/flock lacks its library libgone.so.1",
    "/opt/atelier/server/pty.node looks for libraries in the base",
  ]);
});
