import { Button } from "@atelier/ui";
import type { ClipboardAsk } from "@atelier/ui/terminal";
import { type ReactNode, useId, useState } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { strings } from "../../strings/en.ts";
import { Veil } from "../overlays/veil.tsx";

const words = strings.clipboard;

export interface ClipboardDialogProps {
  readonly ask: ClipboardAsk;
  readonly onPaste: (text: string) => void;
  readonly onClose: () => void;
}

/** What the clipboard needs a person for: several lines to paste, or a browser that refuses. */
const ClipboardDialog = ({ ask, onPaste, onClose }: ClipboardDialogProps): ReactNode => {
  const [text, setText] = useState(ask.kind === "paste" ? "" : ask.text);
  const id = useId();
  const { title, hint } = words[ask.kind];
  return (
    <Veil onClose={onClose}>
      <Dialog className="veil__dialog">
        <Heading slot="title">{title}</Heading>
        <label htmlFor={id}>{hint}</label>
        <textarea
          id={id}
          className="clipboard__text"
          // biome-ignore lint/a11y/noAutofocus: the text is what the dialog is about
          autoFocus
          rows={6}
          readOnly={ask.kind === "copy"}
          value={text}
          spellCheck={false}
          onFocus={({ target }) => ask.kind === "copy" && target.select()}
          onChange={({ target }) => setText(target.value)}
        />
        <div className="veil__actions">
          <Button onPress={onClose}>{ask.kind === "copy" ? words.close : strings.request.cancel}</Button>
          {ask.kind !== "copy" && (
            <Button
              look="primary"
              isDisabled={text === ""}
              onPress={() => {
                onClose();
                onPaste(text);
              }}
            >
              {words.pasteButton}
            </Button>
          )}
        </div>
      </Dialog>
    </Veil>
  );
};

export default ClipboardDialog;
