import type { OnProgress } from "@atelier/backend-docker";
import type { BootView } from "@atelier/contract";
import type { Context } from "./context.ts";

const phases: Readonly<Record<BootView["phase"], string>> = {
  config: "Starting the workspace server",
  lease: "Waiting for the volume",
  restore: "Bringing your files back",
  onStart: "Preparing the step",
  terminal: "Opening the terminal",
  ready: "Ready",
  failed: "Failed",
  standby: "Standing by",
};

/** Shows on the one changing line how an order of the supervisor's goes. */
export const followProgress =
  ({ reporter }: Context): OnProgress =>
  (line) => {
    if (line.t === "phase") reporter.progress(line.text);
    else {
      const { phase, progress } = line.boot;
      if (phase === "ready" || phase === "failed") return;
      reporter.progress(
        progress?.label
          ? `${phases[phase]} (${Math.min(progress.done + 1, progress.of)} of ${progress.of}): ${progress.label}`
          : phases[phase],
      );
    }
  };
