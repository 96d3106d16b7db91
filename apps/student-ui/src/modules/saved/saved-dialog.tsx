import "./saved-dialog.css";
import { Button } from "@atelier/ui";
import type { ReactNode } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { strings } from "../../strings/en.ts";
import { Veil } from "../overlays/veil.tsx";

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
  <Veil size="list" onClose={onClose}>
    <Dialog className="veil__dialog">
      <Heading slot="title">{title}</Heading>
      <p>{text}</p>
      {children}
      <div className="veil__actions">
        <Button onPress={onClose}>{strings.saved.close}</Button>
      </div>
    </Dialog>
  </Veil>
);
