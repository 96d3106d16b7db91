import "../overlays/confirm.css";
import "./saved-dialog.css";
import { Button } from "@atelier/ui";
import type { ReactNode } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { strings } from "../../strings/en.ts";

/** A list over the page that Escape and a click outside close. */
export const SavedDialog = ({
  title,
  text,
  onClose,
  children,
}: {
  readonly title: string;
  readonly text: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactNode => (
  <ModalOverlay
    className="confirm__veil"
    lang={strings.language}
    isDismissable
    isOpen
    onOpenChange={(open) => open || onClose()}
  >
    <Modal className="saved">
      <Dialog className="confirm__dialog">
        <Heading slot="title">{title}</Heading>
        <p>{text}</p>
        {children}
        <div className="confirm__actions">
          <Button onPress={onClose}>{strings.saved.close}</Button>
        </div>
      </Dialog>
    </Modal>
  </ModalOverlay>
);
