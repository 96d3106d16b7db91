import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  AppError,
  type CompiledImage,
  type CompiledStep,
  type CompiledWorkshop,
  compiledImageSchema,
  compiledStepSchema,
  compiledWorkshopSchema,
} from "@atelier/domain";
import type { z } from "zod";

/** The compiled workshop this container carries. */
export interface LoadedWorkshop {
  readonly folder: string;
  readonly workshop: CompiledWorkshop;
  readonly steps: readonly CompiledStep[];
  readonly image: CompiledImage;
}

/** Reads `/workshop`. Throws `AppError` `image-damaged` naming the file that does not fit. */
export const loadWorkshop = async (folder: string): Promise<LoadedWorkshop> => {
  const read = async <T extends z.ZodType>(name: string, schema: T): Promise<z.output<T>> => {
    try {
      return schema.parse(JSON.parse(await readFile(join(folder, name), "utf8")));
    } catch (cause) {
      throw new AppError("image-damaged", `${join(folder, name)} cannot be read: ${(cause as Error).message}`, {
        hint: "Build the workshop again.",
        cause,
      });
    }
  };
  const [workshop, image] = await Promise.all([
    read("workshop.json", compiledWorkshopSchema),
    read("image.json", compiledImageSchema),
  ]);
  const steps = await Promise.all(workshop.steps.map((id) => read(join("steps", id, "meta.json"), compiledStepSchema)));
  return { folder, workshop, steps, image };
};
