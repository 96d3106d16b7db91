import type { Containers, WorkspaceContainer } from "@atelier/backend-docker";
import type { BootView } from "@atelier/contract";
import type { ControlLink } from "../control/control-link.ts";

/** A running container of a workspace, and the line to its server. */
export interface Live {
  readonly container: WorkspaceContainer;
  readonly port: number;
  readonly link: ControlLink;
}

/** How long each part of a transition may take, in ms. */
export interface TransitionLimits {
  /** From the start of the next container until it stands by: its `onStart` runs meanwhile. */
  readonly standbyMs: number;
  /** For the old one to stop its terminals and to save the student's changes. */
  readonly releaseMs: number;
  /** From the lease until it is ready: files are brought along meanwhile. */
  readonly readyMs: number;
  /** For a running server to take our connection. */
  readonly connectMs: number;
  /** For a check that is run from outside. */
  readonly checkMs: number;
  /** From a student's arrival until what is likely next is prepared. */
  readonly prepareAfterMs: number;
  /** What a student is being asked about is kept ready for so long. */
  readonly thinkMs: number;
}

export const defaultLimits: TransitionLimits = {
  standbyMs: 180_000,
  releaseMs: 90_000,
  readyMs: 120_000,
  connectMs: 20_000,
  checkMs: 120_000,
  prepareAfterMs: 1000,
  thinkMs: 60_000,
};

/** What moves containers about needs from outside. */
export interface TransitionTools {
  readonly containers: Containers;
  readonly limits: TransitionLimits;
  readonly signal: AbortSignal;
  readonly log: (event: Readonly<Record<string, unknown>>) => void;
  readonly onPhase: (text: string) => void;
  readonly onBoot: (boot: BootView) => void;
  /** Connects to a running container's server; its requests go to the workspace. */
  connect(container: WorkspaceContainer, port: number): Promise<Live>;
}

/** Ends a container that nobody needs any more. What cannot be removed now is found by its label later. */
export const discard = async (
  { containers, log }: Pick<TransitionTools, "containers" | "log">,
  target: { readonly container: WorkspaceContainer; readonly link?: ControlLink },
): Promise<void> => {
  target.link?.[Symbol.dispose]();
  await containers.remove(target.container).catch((error: unknown) =>
    log({
      event: "container.not-removed",
      workspace: target.container.settings.name,
      generation: target.container.generation,
      error: String(error),
    }),
  );
};
