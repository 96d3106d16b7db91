import assert from "node:assert/strict";
import { test } from "node:test";
import { debianSuiteOf } from "./debian-reference.ts";

const cases: readonly (readonly [string, string | undefined])[] = [
  ["debian", "trixie"],
  ["debian:stable-slim", "trixie"],
  ["debian:12", "bookworm"],
  ["debian:12-slim", "bookworm"],
  ["debian:12.5", "bookworm"],
  ["debian:12.5-slim", "bookworm"],
  ["debian:bookworm", "bookworm"],
  ["debian:bookworm-slim", "bookworm"],
  ["debian:bookworm-20240110-slim", "bookworm"],
  ["debian:trixie", "trixie"],
  ["docker.io/library/debian:13", "trixie"],
  ["debian:99", undefined],
  ["debian:constructor", undefined],
  ["debian@sha256:abc", undefined],
  ["mydebian:12", undefined],
  ["example.org/debian:12", undefined],
  ["ubuntu:24.04", undefined],
];

for (const [reference, suite] of cases)
  test(`${reference} is ${suite ?? "no Debian that can be made here"}`, () =>
    assert.equal(debianSuiteOf(reference), suite));
