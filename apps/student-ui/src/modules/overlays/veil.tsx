import "./confirm.css";
import type { ReactNode } from "react";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { strings } from "../../strings/en.ts";

export interface VeilProps {
  readonly isOpen?: boolean;
  /** Of the box on the veil. */
  readonly className: string;
  /** Escape, or a click outside. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * What lies over the whole page. It stands outside of the page's frame, whose language is that of our words;
 * the document's is the workshop's.
 */
export const Veil = ({ isOpen = true, className, onClose, children }: VeilProps): ReactNode => (
  <ModalOverlay
    className="confirm__veil"
    lang={strings.language}
    isDismissable
    isOpen={isOpen}
    onOpenChange={(open) => open || onClose()}
  >
    <Modal className={className}>{children}</Modal>
  </ModalOverlay>
);
