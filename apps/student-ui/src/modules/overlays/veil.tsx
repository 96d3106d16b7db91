import "./veil.css";
import type { ReactNode } from "react";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { strings } from "../../strings/en.ts";

export interface VeilProps {
  readonly isOpen?: boolean;
  /** Of the box on the veil: a question, or a list. */
  readonly size?: "question" | "list";
  /** Escape, or a click outside. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * What lies over the whole page. It stands outside of the page's frame, whose language is that of our words;
 * the document's is the workshop's.
 */
export const Veil = ({ isOpen = true, size = "question", onClose, children }: VeilProps): ReactNode => (
  <ModalOverlay
    className="veil"
    lang={strings.language}
    isDismissable
    isOpen={isOpen}
    onOpenChange={(open) => open || onClose()}
  >
    <Modal className="veil__box" data-size={size}>
      {children}
    </Modal>
  </ModalOverlay>
);
