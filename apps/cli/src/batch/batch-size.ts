import { AppError } from "@atelier/domain";

/** Workspaces of one batch on one machine. More belong on a cluster. */
export const mostOnDocker = 50;

/**
 * What `--count` asks for; undefined without it. Throws `AppError` `usage` for what is no number, and
 * `batch-too-big` with the reason above the limit of this backend or of the template.
 */
export const batchSize = (count: string | undefined, max: number | undefined): number | undefined => {
  if (count === undefined) return undefined;
  const size = Number(count);
  if (!/^\d{1,6}$/.test(count) || size < 1)
    throw new AppError("usage", `--count ${count}: expected a number from 1 to ${mostOnDocker}.`);
  if (size > mostOnDocker)
    throw new AppError(
      "batch-too-big",
      `--count ${size}: the Docker backend makes at most ${mostOnDocker} workspaces at once, because all of them share this one machine and nothing moves them to another.`,
      { hint: `Say --count ${mostOnDocker} or less here, or use the Kubernetes backend for more.` },
    );
  if (max !== undefined && size > max)
    throw new AppError("batch-too-big", `--count ${size}: the template allows ${max} (batch.max).`, {
      hint: `Say --count ${max} or less, or raise batch.max in the template.`,
    });
  return size;
};

/** `class-01` … `class-12`: as many digits as the last one has, two at least. */
export const namesOfBatch = (batch: string, size: number): readonly string[] =>
  Array.from(
    { length: size },
    (_, index) => `${batch}-${String(index + 1).padStart(Math.max(2, String(size).length), "0")}`,
  );
