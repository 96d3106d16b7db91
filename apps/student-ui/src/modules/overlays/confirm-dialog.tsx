import { Button } from "@atelier/ui";
import type { ReactNode } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { strings } from "../../strings/en.ts";
import { Veil } from "./veil.tsx";

export interface ConfirmProps {
  readonly isOpen: boolean;
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly danger?: boolean;
  /** More than a sentence, below the text. */
  readonly children?: ReactNode;
  readonly onAnswer: (yes: boolean) => void;
}

/** Asks before something that cannot simply be taken back. Escape and a click outside mean no. */
const ConfirmDialog = ({
  isOpen,
  title,
  text,
  button,
  danger = false,
  children,
  onAnswer,
}: ConfirmProps): ReactNode => (
  <Veil isOpen={isOpen} onClose={() => onAnswer(false)}>
    <Dialog role="alertdialog" className="veil__dialog">
      <Heading slot="title">{title}</Heading>
      <p>{text}</p>
      {children}
      <div className="veil__actions">
        <Button autoFocus onPress={() => onAnswer(false)}>
          {strings.request.cancel}
        </Button>
        <Button look={danger ? "danger" : "primary"} onPress={() => onAnswer(true)}>
          {button}
        </Button>
      </div>
    </Dialog>
  </Veil>
);

export default ConfirmDialog;
