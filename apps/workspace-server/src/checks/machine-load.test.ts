import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { isMachineBusy } from "./machine-load.ts";

const pressure = (avg10: string): string =>
  `some avg10=${avg10} avg60=0.00 avg300=0.00 total=1\nfull avg10=99.00 avg60=0.00 avg300=0.00 total=1\n`;
const cases: readonly (readonly [string, Record<string, string>, boolean])[] = [
  ["nothing is told", {}, false],
  ["the container fights for processors", { "/sys/fs/cgroup/cpu.pressure": pressure("55.10") }, true],
  [
    "the machine does, the container does not",
    { "/sys/fs/cgroup/cpu.pressure": pressure("0.00"), "/proc/pressure/cpu": pressure("71.00") },
    true,
  ],
  [
    "nobody waits, whatever the load says",
    { "/proc/pressure/cpu": pressure("3.00"), "/proc/loadavg": "900.0 1 1 1/1 1" },
    false,
  ],
  ["an old kernel with a high load", { "/proc/loadavg": `${availableParallelism() * 2}.00 1 1 1/1 1` }, true],
  ["an old kernel with a low load", { "/proc/loadavg": "0.10 1 1 1/1 1" }, false],
  ["what it says makes no sense", { "/proc/pressure/cpu": "no", "/proc/loadavg": "no" }, false],
];
for (const [name, files, busy] of cases)
  test(`busy is ${busy} when ${name}`, () =>
    assert.equal(
      isMachineBusy((path) => files[path]),
      busy,
    ));
