import type { BootView } from "@atelier/contract";
import type { Context } from "./context.ts";
import { followProgress } from "./follow-progress.ts";

/** Starts a workspace, tells how it goes, and ends with its link. A failed boot is said, with its cause. */
export const followStart = async (
  context: Context,
  name: string,
): Promise<{ name: string; url: string; phase: BootView["phase"] }> => {
  const { reporter } = context;
  const workspaces = await context.workspaces();
  await workspaces.find(name);
  const supervisor = await context.supervisor();
  const { boot, madeAgain } = await supervisor.start(name, {
    onProgress: followProgress(context),
    signal: context.signal,
  });
  reporter.progressDone();
  const { settings } = await workspaces.find(name);
  const url = settings ? workspaces.url(settings, "student") : "";
  if (madeAgain)
    reporter.warn(
      `The container of ${name} was gone; this is another one. The student's files are as they were saved last; what was changed outside their home, the workdir and keep[] is lost with the old one.`,
    );
  if (boot?.phase === "failed") {
    reporter.warn(`${reporter.paint.red("The workspace started, but could not be prepared:")} ${boot.cause ?? ""}`);
    if (boot.output) reporter.warn(boot.output.trimEnd().replace(/^/gm, "  | "));
    reporter.warn("Its terminal works; the page says what failed.");
  }
  return { name, url, phase: boot?.phase ?? "ready" };
};
