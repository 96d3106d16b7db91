import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { strings } from "../../strings/en.ts";
import { useOffers } from "../palette/offers.ts";
import type { ConfirmProps } from "./confirm-dialog.tsx";

// What lies over the page is asked for by a click, so its code need not be there at the first paint.
const ConfirmDialog = lazy(() => import("./confirm-dialog.tsx"));
const PopoverDialog = lazy(() => import("./popover-dialog.tsx"));

/** A question with two answers, over the page; see {@link ConfirmProps}. */
export const Confirm = (props: ConfirmProps): ReactNode => {
  const [wanted, setWanted] = useState(props.isOpen);
  if (props.isOpen && !wanted) setWanted(true);
  return wanted ? (
    <Suspense>
      <ConfirmDialog {...props} />
    </Suspense>
  ) : null;
};

export interface PopoverButtonProps {
  readonly label: string;
  /** What is shown in the button; without it the button needs the label as its name. */
  readonly face: ReactNode;
  readonly className: string;
  readonly named: boolean;
  readonly children: ReactNode;
}

/** A button that opens a small box below itself. */
export const PopoverButton = ({ label, face, className, named, children }: PopoverButtonProps): ReactNode => {
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  useOffers([{ id: `box-${label}`, title: label, group: strings.palette.groups.view, run: () => setOpen(true) }]);
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className={className}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={named ? undefined : label}
        onClick={() => setOpen(!open)}
      >
        {face}
      </button>
      {open && (
        <Suspense>
          <PopoverDialog trigger={trigger} label={label} onClose={() => setOpen(false)}>
            {children}
          </PopoverDialog>
        </Suspense>
      )}
    </>
  );
};
