import type { Workspaces } from "@atelier/backend-docker";
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

/** Starts a workspace, tells how it goes, and ends with its link. A failed boot is said, with its cause. */
export const followStart = async (
  context: Context,
  workspaces: Workspaces,
  name: string,
): Promise<{ name: string; url: string; phase: BootView["phase"] }> => {
  const { reporter } = context;
  const boot = await workspaces.start(name, {
    onPhase: (text) => reporter.progress(text),
    onBoot: ({ phase, progress }) => {
      if (phase !== "ready" && phase !== "failed")
        reporter.progress(
          progress?.label
            ? `${phases[phase]} (${progress.done + 1} of ${progress.of}): ${progress.label}`
            : phases[phase],
        );
    },
    signal: context.signal,
  });
  reporter.progressDone();
  const { settings } = await workspaces.find(name);
  const url = settings ? workspaces.url(settings, "student") : "";
  if (boot.phase === "failed") {
    reporter.warn(`${reporter.paint.red("The workspace started, but could not be prepared:")} ${boot.cause ?? ""}`);
    if (boot.output) reporter.warn(boot.output.trimEnd().replace(/^/gm, "  | "));
    reporter.warn("Its terminal works; the page says what failed.");
  }
  return { name, url, phase: boot.phase };
};
