import { openTestFeed } from "./open-test-feed.ts";

/** The instructor's event stream as a process of its own, for the bench `sse`: prints where it is, ends with stdin. */
const feed = await openTestFeed();
process.stdout.write(`${JSON.stringify({ port: feed.port, folder: feed.folder })}\n`);
process.stdin.resume().once("end", () => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1000 })}\n`, () => {
    feed[Symbol.asyncDispose]().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
});
