/** What the process ends with. Documented in docs/reference/cli.md. */
export const exitCodes = { ok: 0, failed: 1, invalid: 2, refused: 3, interrupted: 130 } as const;
