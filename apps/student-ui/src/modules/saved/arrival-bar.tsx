import "./arrival-bar.css";
import { Button, Icon } from "@atelier/ui";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";

const ReplacedFiles = lazy(() => import("./replaced-files.tsx"));
const words = strings.saved;

/** Says what a swap could not bring along, and leads to the student's own versions. */
export const ArrivalBar = (): ReactNode => {
  const { workspace } = useStudent();
  const [isOpen, setOpen] = useState(false);
  const [dismissed, setDismissed] = useState<string>();
  const arrival = workspace?.arrival;
  if (arrival === undefined || (dismissed === arrival.checkpoint && !isOpen)) return null;
  return (
    <div className="notices" role="status">
      <div className="notice">
        <Icon name="info" />
        <span>
          {arrival.replaced.length > 0 && <strong>{words.replaced.notice(arrival.replaced.length)} </strong>}
          {arrival.skipped.length > 0 && words.notBrought(arrival.skipped)}
        </span>
        <span className="arrival__actions">
          {arrival.replaced.length > 0 && (
            <Button size="small" onPress={() => setOpen(true)}>
              {words.replaced.open}
            </Button>
          )}
          <Button
            look="quiet"
            size="small"
            icon="cross"
            aria-label={strings.notice.dismiss}
            onPress={() => setDismissed(arrival.checkpoint)}
          />
        </span>
      </div>
      {isOpen && (
        <Suspense>
          <ReplacedFiles onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </div>
  );
};
