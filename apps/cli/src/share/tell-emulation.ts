import { platformOf } from "@atelier/build";
import type { BuildRecord } from "@atelier/domain";
import type { Context } from "../context.ts";
import { platformsOf } from "./push-record.ts";

/** Marks what is about to run emulated: it is slow, and nobody should look for the reason in the workshop. */
export const tellEmulation = async (context: Context, record: BuildRecord): Promise<void> => {
  const { reporter } = context;
  const own = platformOf((await (await context.engine()).info()).Architecture);
  const platforms = platformsOf(record);
  if (own === undefined || platforms.includes(own)) return;
  reporter.warn(
    `${reporter.paint.yellow("!")} ${record.workshop} is built for ${platforms.join(", ")} and this engine is ${own}: it runs emulated and slowly.`,
  );
};
