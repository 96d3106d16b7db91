import type { ReactNode, RefObject } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import { strings } from "../../strings/en.ts";

export interface PopoverDialogProps {
  readonly trigger: RefObject<HTMLElement | null>;
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A small box that hangs on its button until Escape or a click elsewhere. */
const PopoverDialog = ({ trigger, label, onClose, children }: PopoverDialogProps): ReactNode => (
  <Popover
    className="popover"
    lang={strings.language}
    placement="bottom end"
    triggerRef={trigger}
    isOpen
    onOpenChange={(open) => open || onClose()}
  >
    <Dialog className="popover__dialog" aria-label={label}>
      {children}
    </Dialog>
  </Popover>
);

export default PopoverDialog;
