export interface PhaseTimes {
  readonly workspace: string;
  readonly phase: string;
  readonly times: readonly number[];
}

/** The phases of every swap, as the supervisor's log has them, by workspace and in the order they happen. */
export const readPhases = (log: string): readonly PhaseTimes[] => {
  const found = new Map<string, { workspace: string; phase: string; times: number[] }>();
  for (const line of log.split("\n")) {
    if (!line.includes('"swap.timed"')) continue;
    const { workspace, phases } = JSON.parse(line) as { workspace: string; phases: Record<string, number> };
    for (const [phase, time] of Object.entries(phases)) {
      const key = `${workspace} ${phase}`;
      const known = found.get(key) ?? { workspace, phase, times: [] };
      known.times.push(time);
      found.set(key, known);
    }
  }
  return [...found.values()];
};
