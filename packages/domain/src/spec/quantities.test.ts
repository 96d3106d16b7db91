import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBytes } from "./bytes.ts";
import { parseDuration } from "./duration.ts";

test("durations are whole numbers with units, largest first", () => {
  const wanted: Record<string, number | undefined> = {
    "90s": 90,
    "45m": 2700,
    "1h": 3600,
    "1h30m": 5400,
    "2d": 172_800,
    "1d1h1m1s": 90_061,
    "0s": 0,
    "": undefined,
    "30": undefined,
    "1:30": undefined,
    "1.5h": undefined,
    "30m1h": undefined,
    "1h 30m": undefined,
    "-5m": undefined,
    "5M": undefined,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((text) => [text, parseDuration(text)])), wanted);
});

test("amounts of memory are as in Kubernetes", () => {
  const wanted: Record<string, number | undefined> = {
    "512Mi": 536_870_912,
    "1G": 1_000_000_000,
    "1.5Gi": 1_610_612_736,
    "64k": 64_000,
    "64Ki": 65_536,
    "10MB": 10_000_000,
    "1048576": 1_048_576,
    "": undefined,
    "5 Mi": undefined,
    Mi: undefined,
    "-1G": undefined,
    "1.G": undefined,
    lots: undefined,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((text) => [text, parseBytes(text)])), wanted);
});
