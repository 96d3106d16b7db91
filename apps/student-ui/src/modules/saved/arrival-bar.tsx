import { Button, Icon } from "@atelier/ui";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { useOffers } from "../palette/offers.ts";
import { UndoButton } from "./undo-button.tsx";

const ReplacedFiles = lazy(() => import("./replaced-files.tsx"));
const words = strings.saved;

/** A transition is fresh this long: then its undo is offered over the page, later only below the steps. */
const freshMs = 5 * 60_000;

/** Says what a swap did and could not bring along, and leads back or to the student's own versions. */
export const ArrivalBar = (): ReactNode => {
  const { workspace } = useStudent();
  const [isOpen, setOpen] = useState(false);
  const [dismissed, setDismissed] = useState<string>();
  const { arrival, undo } = workspace ?? {};
  // After `next` the files are there and the way is forward; everybody else may want to go back at once.
  const isFresh = undo !== undefined && undo.reason !== "next" && Date.now() - Date.parse(undo.at) < freshMs;
  const told = `${arrival?.checkpoint} ${undo?.at}`;
  const isShown = (arrival !== undefined || isFresh) && (dismissed !== told || isOpen);
  const { replaced = [], skipped = [] } = arrival ?? {};
  const compare = (): void => setOpen(true);
  useOffers(
    isShown && replaced.length > 0
      ? [{ id: "compare", title: words.replaced.open, group: strings.palette.groups.notices, run: compare }]
      : [],
  );
  if (!isShown) return null;
  return (
    <div className="notices" role="status">
      <div className="notice">
        <Icon name="info" />
        <span>
          {isFresh && `${words.undo.hint[undo.reason] ?? words.undo.otherHint} `}
          {replaced.length > 0 && <strong>{words.replaced.notice(replaced.length)} </strong>}
          {skipped.length > 0 && words.notBrought(skipped)}
        </span>
        {replaced.length > 0 && (
          <Button size="small" onPress={compare}>
            {words.replaced.open}
          </Button>
        )}
        {isFresh && <UndoButton />}
        <Button
          look="quiet"
          size="small"
          icon="cross"
          aria-label={strings.notice.dismiss}
          onPress={() => setDismissed(told)}
        />
      </div>
      {isOpen && (
        <Suspense>
          <ReplacedFiles onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </div>
  );
};
