/** Environment values as text; numbers and truth values as they were written. */
export const normaliseEnv = (
  env: Readonly<Record<string, string | number | boolean>> = {},
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
