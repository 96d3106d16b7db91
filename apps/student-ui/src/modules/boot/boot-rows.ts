import type { BootView } from "@atelier/contract";

export type BootRow = {
  readonly phase: "config" | "lease" | "restore" | "onStart" | "terminal";
  readonly state: "done" | "current" | "pending";
};

const order: readonly BootRow["phase"][] = ["config", "lease", "restore", "onStart", "terminal"];

/** The phases in their order with what has become of each. A standby waits for the lease. */
export const bootRows = ({ phase }: BootView): BootRow[] => {
  const present = phase === "standby" ? 1 : phase === "ready" ? order.length : order.indexOf(phase as BootRow["phase"]);
  return order.map((row, index) => ({
    phase: row,
    state: index < present ? "done" : index === present ? "current" : "pending",
  }));
};
