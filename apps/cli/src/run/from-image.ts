import type { BuildRecord } from "@atelier/domain";
import type { Context } from "../context.ts";
import type { ParameterNeed } from "../parameters.ts";
import { readCompiled, recordOfImage } from "../record-of-image.ts";
import { pullWorkshop } from "../share/pull-workshop.ts";

/** A workshop that is there as images. */
export interface ReadyWorkshop {
  readonly record: BuildRecord;
  readonly digest: string;
  readonly parameters: readonly ParameterNeed[];
  readonly sudo: boolean;
  readonly user: "student" | "root";
  /** Step that the image which was named shows solved; undefined of what begins at its beginning. */
  readonly shown: string | undefined;
}

/** @param bundled record of a bundle whose images are here, in place of an image that is named */
export const fromImage = async (
  context: Context,
  reference: string,
  bundled: BuildRecord | undefined,
): Promise<ReadyWorkshop> => {
  const [engine, state] = [await context.engine(), await context.state()];
  if (bundled === undefined) await pullWorkshop(context, reference);
  const first = bundled?.steps[0]?.images[0]?.configDigest;
  const { record, workshop, step } =
    bundled === undefined || first === undefined
      ? await recordOfImage(engine, reference, state.listRecords())
      : { record: bundled, workshop: await readCompiled(engine, first, reference), step: undefined };
  return {
    record,
    digest: state.saveRecord(record, { isBrought: true }),
    parameters: workshop.parameters,
    sudo: workshop.sudo,
    user: workshop.user,
    shown: step,
  };
};
