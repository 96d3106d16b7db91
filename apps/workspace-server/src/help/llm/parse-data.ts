import { z } from "zod";
import { LlmFailure } from "./llm-port.ts";

const anySchema = z.object({ type: z.string().default("") });

/**
 * The data of one event as its type; undefined for one that `matters` does not name. Throws
 * {@link LlmFailure} `provider-garbled` for one that matters and does not fit.
 */
export const parseData = <T>(
  data: string,
  schema: z.ZodType<T>,
  matters: (event: { readonly type: string }) => boolean,
): T | undefined => {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch (cause) {
    throw garbled(cause);
  }
  const any = anySchema.safeParse(json);
  if (!any.success) throw garbled(any.error);
  if (!matters(any.data)) return undefined;
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw garbled(parsed.error);
  return parsed.data;
};

const garbled = (cause: unknown): LlmFailure =>
  new LlmFailure("provider-garbled", "The provider's answer cannot be read.", { cause });
