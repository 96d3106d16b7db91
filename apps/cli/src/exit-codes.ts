/**
 * What the process ends with: done; not done, or a check that does not pass; input with mistakes, nothing was done;
 * something that the backend does not offer, nothing was started; ended by a signal.
 */
export const exitCodes = { ok: 0, failed: 1, invalid: 2, refused: 3, interrupted: 130 } as const;
