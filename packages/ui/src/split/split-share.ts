/** How much of its width the first of two panes takes, in per cent. */
export const shareLimits = { least: 20, most: 80 } as const;

export const clampShare = (share: number): number =>
  Math.round(Math.min(shareLimits.most, Math.max(shareLimits.least, share)) * 10) / 10;

/** The share after a key on the bar between two panes; undefined for keys that mean nothing there. */
export const shareAfterKey = (share: number, key: string): number | undefined => {
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: share - 2,
    ArrowRight: share + 2,
    PageUp: share - 10,
    PageDown: share + 10,
    Home: shareLimits.least,
    End: shareLimits.most,
  };
  const next = moves[key];
  return next === undefined ? undefined : clampShare(next);
};
