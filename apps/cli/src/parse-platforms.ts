import type { Platform } from "@atelier/build";
import { AppError } from "@atelier/domain";

/** A list like `linux/amd64,linux/arm64`, each once. Throws `AppError` `usage` with what there is. */
export const parsePlatforms = async (list: string): Promise<readonly Platform[]> => {
  const { isPlatform, platformNames } = await import("@atelier/build");
  const names = list.split(",").map((name) => name.trim());
  const platforms = [...new Set(names.filter(isPlatform))];
  const unknown = names.filter((name) => !isPlatform(name));
  if (unknown.length > 0)
    throw new AppError("usage", `--platform ${list}: ${unknown.join(", ")} is no platform of ours.`, {
      hint: `There are ${platformNames.join(" and ")}.`,
    });
  return platforms;
};
