import { Button as AriaButton } from "react-aria-components/Button";
import { DialogTrigger, Dialog } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import type { ReactNode } from "react";
import { useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { recordingKind } from "./recording-kind.ts";

const words = strings.header;

/** Always visible while anything is recorded; tells what on a click. */
export const RecordingBadge = (): ReactNode => {
  const { workspace } = useStudent();
  const kind = workspace === undefined ? "none" : recordingKind(workspace.recording);
  if (kind === "none" || workspace === undefined) return null;
  return (
    <DialogTrigger>
      <AriaButton className="badge badge--button" data-tone="record">
        <span className="badge__dot" />
        <span className="badge__text">{words.recording}</span>
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Dialog className="popover__dialog" aria-label={words.recording}>
          <p>{words.recordingDetail[kind]}</p>
          {workspace.workshop.privileged && <p>{words.privileged}</p>}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
};
