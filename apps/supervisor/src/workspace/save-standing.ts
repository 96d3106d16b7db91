import type { StateDirectory, WorkspaceContainer } from "@atelier/backend-docker";

type Saved = Pick<StateDirectory, "readStanding" | "saveStanding">;

/** The student works in this container: another one begins as it did, should it be lost. */
export const saveArrival = (state: Saved, { id: container, settings }: WorkspaceContainer): void => {
  const { id, image, step, record } = settings;
  // Met again after a break: in it they may have gone on, and its labels say only where they began.
  if (state.readStanding(id)?.container === container) return;
  state.saveStanding(id, { container, image, record, ...(step === undefined ? {} : { step }) });
};

/** The student goes on in the same container. `image` is what another one has to begin on by now. */
export const saveStay = (
  state: Saved,
  { id: container, settings: { id, record } }: WorkspaceContainer,
  { image, step }: { readonly image: string; readonly step: string },
): void => state.saveStanding(id, { container, image, step, record });
