import { Button } from "@atelier/ui";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { strings } from "../../strings/en.ts";
import { useOffers } from "../palette/offers.ts";

const SavedStates = lazy(() => import("./saved-states.tsx"));

/** Opens the list of saved states. */
export const SavedStatesButton = (): ReactNode => {
  const [isOpen, setOpen] = useState(false);
  const open = (): void => setOpen(true);
  useOffers([{ id: "saved-states", title: strings.saved.states.open, group: strings.palette.groups.steps, run: open }]);
  return (
    <>
      <Button size="small" look="quiet" icon="file" onPress={open}>
        {strings.saved.states.open}
      </Button>
      {isOpen && (
        <Suspense>
          <SavedStates onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
};
