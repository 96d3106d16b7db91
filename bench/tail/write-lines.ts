import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** `node write-lines.ts <path> <lines a second> <seconds>`: appends as our own writer does, one write a line. */
const [path = "", rate = "", seconds = ""] = process.argv.slice(2);
const total = Number(rate) * Number(seconds);
const file = openSync(path, "a");
const began = performance.now();
for (let seq = 0; seq < total; ) {
  const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * Number(rate)));
  for (; seq < due; seq++) {
    const at = performance.timeOrigin + performance.now();
    writeSync(
      file,
      `{"v":1,"seq":${seq},"at":${at},"type":"command","command":"echo a line of usual length","cwd":"/home/student"}\n`,
    );
  }
  await sleep(1);
}
closeSync(file);
