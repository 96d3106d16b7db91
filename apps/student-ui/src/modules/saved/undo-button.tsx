import { Button } from "@atelier/ui";
import type { ReactNode } from "react";
import { useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { useOffers } from "../palette/offers.ts";
import { useTransitionRequest } from "../requests/use-transition.tsx";

/** Takes the last transition back, after a question. Nothing when there is none to take back. */
export const UndoButton = (): ReactNode => {
  const { workspace } = useStudent();
  const transition = useTransitionRequest();
  const title = workspace?.undo === undefined ? undefined : strings.saved.undo.button(workspace.undo.reason);
  const undo = (): void => transition.ask("undo");
  useOffers(title === undefined ? [] : [{ id: "undo", title, group: strings.palette.groups.step, run: undo }]);
  if (title === undefined) return null;
  return (
    <>
      <Button size="small" look="quiet" icon="undo" onPress={undo}>
        {title}
      </Button>
      {transition.dialog}
    </>
  );
};
