import { z } from "zod";

/** What we add to the header of our own recordings; other readers pass it over. */
export const castOriginSchema = z.object({
  terminal: z.string(),
  /** From 1. */
  part: z.int().positive(),
  /** Seconds from the beginning of part 1 to that of this part. */
  offset: z.number().nonnegative(),
  /** File name of the recording, of its last part, that the terminal showed the end of when this one began. */
  continues: z.string().optional(),
});
export type CastOrigin = z.infer<typeof castOriginSchema>;

/** Seconds since 1970; what no date can say is none, whoever has written it. */
const timestamp = z.number().min(-8.64e12).max(8.64e12).optional();
const size = z.int().positive().max(65_535);
const env = z.record(z.string(), z.string()).optional();
const theme = z.object({ fg: z.string(), bg: z.string(), palette: z.string() }).optional();

/** First line of an asciicast v2, https://docs.asciinema.org/manual/asciicast/v2/. */
export const castHeaderV2Schema = z.object({
  version: z.literal(2),
  width: size,
  height: size,
  timestamp,
  duration: z.number().optional(),
  idle_time_limit: z.number().optional(),
  command: z.string().optional(),
  title: z.string().optional(),
  env,
  theme,
  atelier: castOriginSchema.optional(),
});

/** First line of an asciicast v3, https://docs.asciinema.org/manual/asciicast/v3/. */
export const castHeaderV3Schema = z.object({
  version: z.literal(3),
  term: z.object({ cols: size, rows: size, type: z.string().optional(), version: z.string().optional(), theme }),
  timestamp,
  idle_time_limit: z.number().optional(),
  command: z.string().optional(),
  title: z.string().optional(),
  env,
  atelier: castOriginSchema.optional(),
});

/** A header as v2 says it, whichever version it came from. */
export type CastHeader = Omit<z.infer<typeof castHeaderV2Schema>, "version">;

const asJson = (value: unknown): string => `${JSON.stringify(value)}\n`;

export const encodeCastHeader = (header: CastHeader): string => asJson({ version: 2, ...header });

export const encodeCastHeaderV3 = ({ width, height, env: variables, theme: look, ...rest }: CastHeader): string => {
  const { SHELL, TERM } = variables ?? {};
  const { duration: _unknownToV3, ...known } = rest;
  const term = { cols: width, rows: height, ...(TERM ? { type: TERM } : {}), ...(look ? { theme: look } : {}) };
  return asJson({ version: 3, term, ...known, ...(SHELL ? { env: { SHELL } } : {}) });
};

/** Throws on what is no header of version 2 or 3. */
export const parseCastHeader = (value: unknown): CastHeader & { readonly version: 2 | 3 } => {
  const found = z.discriminatedUnion("version", [castHeaderV2Schema, castHeaderV3Schema]).safeParse(value);
  if (!found.success) throw new Error("no header of an asciicast v2 or v3");
  if (found.data.version === 2) return found.data;
  const { term, env: variables, ...rest } = found.data;
  const { cols, rows, type, theme: look } = term;
  const all = { ...variables, ...(type === undefined ? {} : { TERM: type }) };
  return { ...rest, width: cols, height: rows, env: all, ...(look ? { theme: look } : {}) };
};
