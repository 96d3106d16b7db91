import { openRecorder } from "../recording/recorder.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { limitFiles } from "./limit-files.ts";

/**
 * `node record-in-little-room.ts <folder>`: records while the kernel refuses to let files grow, as a full
 * disk does, and tells on stdout what it was told.
 */
const [folder = ""] = process.argv.slice(2);
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const recovered = Promise.withResolvers<void>();
const recorder = openRecorder({
  folder,
  terminal: "1",
  cols: 80,
  rows: 24,
  shell: "/bin/sh",
  title: "terminal 1",
  isFirst: () => true,
  secrets: knownSecrets([]),
  now: () => new Date(),
  clock: () => performance.now(),
  onFailure: (cause) => say(`failed: ${cause}`),
  onRecovery: (lost) => {
    say(`recovered: ${lost}`);
    recovered.resolve();
  },
  onReplaced: () => {},
});
let number = 0;
const write = (): void => recorder.output(Buffer.from(`<${++number}>${"x".repeat(1000)}\r\n`));

// A limit of one file: the next part goes on.
limitFiles(20_000);
while (number < 30) write();
say(`written: ${number}`);
// No room for anything.
limitFiles(10);
while (number < 40) write();
say(`refused: ${number}`);
limitFiles("unlimited");
// The recorder's own timer keeps no process alive.
const alive = setInterval(() => {}, 1000);
await recovered.promise;
clearInterval(alive);
while (number < 50) write();
recorder.close();
