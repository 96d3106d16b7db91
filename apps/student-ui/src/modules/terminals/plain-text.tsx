import { Button } from "@atelier/ui";
import { type ReactNode, useEffect, useRef } from "react";
import { strings } from "../../strings/en.ts";

const words = strings.terminal;

export interface PlainTextProps {
  readonly text: string;
  readonly label: string;
  readonly onRefresh: () => void;
  readonly onClose: () => void;
}

/** What the terminal shows as text that stands still: to read line by line, to search, to copy from. */
export const PlainText = ({ text, label, onRefresh, onClose }: PlainTextProps): ReactNode => {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const { current } = field;
    current?.focus();
    // The newest is what is wanted.
    current?.setSelectionRange(text.length, text.length);
    if (current !== null) current.scrollTop = current.scrollHeight;
  }, [text]);
  return (
    <section className="plain-text" aria-label={words.asText(label)}>
      <div className="plain-text__bar">
        <strong>{words.asText(label)}</strong>
        <Button look="quiet" size="small" icon="refresh" aria-label={words.asTextRefresh} onPress={onRefresh} />
        <Button size="small" icon="terminal" onPress={onClose}>
          {words.asTextClose}
        </Button>
      </div>
      <textarea
        ref={field}
        readOnly
        value={text}
        spellCheck={false}
        aria-label={words.asText(label)}
        onKeyDown={(event) => event.key === "Escape" && onClose()}
      />
    </section>
  );
};
