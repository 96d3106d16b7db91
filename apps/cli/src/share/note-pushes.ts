import type { StateDirectory } from "@atelier/backend-docker";
import type { BuildRecord } from "@atelier/domain";

type Pushes = BuildRecord["steps"][number]["images"][number]["pushed"];

/**
 * Notes in this machine's builds that images of theirs lie at a registry now, whoever built what was pushed.
 * A build stays as old as it is: a push of yesterday's does not make it today's. Records are pinned by
 * their digest, so that what was noted is another record and the one without it stays.
 */
export const notePushes = (state: Pick<StateDirectory, "listRecords" | "saveRecord">, pushed: BuildRecord): void => {
  const news = new Map(
    pushed.steps.flatMap(({ images }) => images.map((image) => [image.configDigest, image.pushed] as const)),
  );
  const seen = new Set<string>();
  for (const { record, savedAt, isBrought } of state.listRecords()) {
    // Of one build with other notes the newest is the one that goes on.
    const build = JSON.stringify(withImages(record, (image) => ({ ...image, pushed: [] })));
    if (seen.has(build)) continue;
    seen.add(build);
    const noted = withImages(record, (image) => ({
      ...image,
      pushed: merged(image.pushed, news.get(image.configDigest) ?? []),
    }));
    if (JSON.stringify(noted) !== JSON.stringify(record)) state.saveRecord(noted, { savedAt: savedAt + 1, isBrought });
  }
};

const merged = (before: Pushes, news: Pushes): Pushes => [
  ...before.filter(({ repository }) => !news.some((place) => place.repository === repository)),
  ...news,
];

type Image = BuildRecord["steps"][number]["images"][number];

const withImages = (record: BuildRecord, change: (image: Image) => Image): BuildRecord => ({
  ...record,
  steps: record.steps.map((step) => ({ ...step, images: step.images.map(change) })),
});
