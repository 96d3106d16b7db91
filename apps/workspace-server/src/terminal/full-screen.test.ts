import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openTestTerminals } from "../testing/open-test-terminals.ts";

/** Draws a frame, and for each line that it reads changes one place of it 12,000 times: 200 KB. */
const program = `
printf '\\e[?1049h\\e[2J\\e[HTHE FRAME\\e[30;1HF1 Help\\e[2;1H'
for ((round = 1; ; round++)); do
  read -r
  for ((count = 0; count < 12000; count++)); do printf '\\e[5;10H%09d' $count; done
  printf '\\e[6;1Hround %d.' $round
done
`;

test("who comes late to a program that only changes its picture sees all of it", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  await using shell = await openTestTerminals();
  await writeFile(join(shell.home, "program.sh"), program);
  const first = shell.attach();
  first.input("bash program.sh\n");
  await first.waitFor(/F1 Help/);
  for (let round = 1; round <= 12; round++) {
    first.input("\n");
    await first.waitFor(new RegExp(`round ${round}\\.`));
    context.mock.timers.tick(1000);
  }
  assert.ok(first.seq > 2.1 * 1024 * 1024, `it has printed ${first.seq} bytes, which the buffer still holds`);
  const late = shell.attach();
  for (const deadline = performance.now() + 10_000; late.snapshot === undefined; await sleep(5))
    assert.ok(performance.now() < deadline, "there was no screen");
  assert.match(late.snapshot, /THE FRAME[\s\S]*F1 Help/);
});
