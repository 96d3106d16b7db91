import type { WorkspaceView } from "@atelier/contract";

/** More offers at once would push the page away. */
const mostShown = 3;

/** Ports to offer: open, not the author's own tabs, not answered. None where previews cannot be had or nobody may act. */
export const offeredPorts = (workspace: WorkspaceView | undefined, answered: readonly number[]): readonly number[] => {
  if (workspace?.previewAddress === undefined || workspace.role !== "student") return [];
  const known = new Set([...answered, ...workspace.workshop.tabs.map(({ port }) => port)]);
  return (workspace.openPorts ?? []).filter((port) => !known.has(port)).slice(0, mostShown);
};
