import { Button } from "@atelier/ui";
import type { ReactNode } from "react";
import { useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { useTransitionRequest } from "../requests/use-transition.tsx";

/** Takes the last transition back, after a question. Nothing when there is none to take back. */
export const UndoButton = (): ReactNode => {
  const { workspace } = useStudent();
  const transition = useTransitionRequest();
  if (workspace?.undo === undefined) return null;
  return (
    <>
      <Button size="small" look="quiet" icon="undo" onPress={() => transition.ask("undo")}>
        {strings.saved.undo.button(workspace.undo.reason)}
      </Button>
      {transition.dialog}
    </>
  );
};
