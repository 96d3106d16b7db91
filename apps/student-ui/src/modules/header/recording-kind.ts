import type { WorkspaceView } from "@atelier/contract";

/** What is recorded, as the key of its sentence. */
export const recordingKind = ({
  commands,
  terminal,
}: WorkspaceView["recording"]): "both" | "commands" | "terminal" | "none" => {
  if (commands === "on" && terminal === "on") return "both";
  if (commands === "on") return "commands";
  return terminal === "on" ? "terminal" : "none";
};
