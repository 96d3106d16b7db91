import type { ReactNode } from "react";
import { useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { PopoverButton } from "../overlays/overlays.tsx";
import { recordingKind } from "./recording-kind.ts";

const words = strings.header;

const Face = (): ReactNode => (
  <span className="badge" data-tone="record">
    <span className="badge__dot" />
    <span className="badge__text">{words.recording}</span>
  </span>
);

/** Always visible while anything is recorded; tells what on a click. */
export const RecordingBadge = (): ReactNode => {
  const { workspace } = useStudent();
  const kind = workspace === undefined ? "none" : recordingKind(workspace.recording);
  if (kind === "none" || workspace === undefined) return null;
  return (
    <PopoverButton label={words.recording} face={<Face />} className="badge-button" named>
      <p>{words.recordingDetail[kind]}</p>
      {workspace.workshop.privileged && <p>{words.privileged}</p>}
    </PopoverButton>
  );
};
