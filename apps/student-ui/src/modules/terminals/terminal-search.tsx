import { Button } from "@atelier/ui";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { strings } from "../../strings/en.ts";

const words = strings.terminal;

export interface TerminalSearchProps {
  readonly find: (text: string, direction: "next" | "previous") => Promise<boolean>;
  readonly onEnd: () => void;
}

/** A search line over a terminal: Enter forward, Shift+Enter back, Escape ends it. */
export const TerminalSearch = ({ find, onEnd }: TerminalSearchProps): ReactNode => {
  const [text, setText] = useState("");
  const [missing, setMissing] = useState(false);
  const look = async (value: string, direction: "next" | "previous"): Promise<void> =>
    setMissing(value !== "" && !(await find(value, direction)));
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onEnd();
    if (event.key === "Enter") look(text, event.shiftKey ? "previous" : "next");
  };
  return (
    <search className="terminal-search">
      <input
        // biome-ignore lint/a11y/noAutofocus: the student just asked for this field
        autoFocus
        type="search"
        value={text}
        aria-label={words.searchLabel}
        placeholder={words.search}
        onChange={(event) => {
          setText(event.target.value);
          look(event.target.value, "previous");
        }}
        onKeyDown={onKey}
      />
      <span className="terminal-search__none" role="status">
        {missing ? words.searchNone : ""}
      </span>
      <Button
        look="quiet"
        size="small"
        icon="back"
        aria-label={words.searchPrevious}
        onPress={() => look(text, "previous")}
      />
      <Button
        look="quiet"
        size="small"
        icon="forward"
        aria-label={words.searchNext}
        onPress={() => look(text, "next")}
      />
      <Button look="quiet" size="small" icon="cross" aria-label={words.searchEnd} onPress={onEnd} />
    </search>
  );
};
