import { Button } from "@atelier/ui";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { strings } from "../../strings/en.ts";

const SavedStates = lazy(() => import("./saved-states.tsx"));

/** Opens the list of saved states. */
export const SavedStatesButton = (): ReactNode => {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" look="quiet" icon="file" onPress={() => setOpen(true)}>
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
