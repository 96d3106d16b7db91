import "./palette.css";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { strings } from "../../strings/en.ts";
import { type Action, findActions } from "./actions.ts";

const words = strings.palette;

export interface PaletteProps {
  readonly actions: readonly Action[];
  readonly onClose: () => void;
}

/** Every action of the page by its name: type, choose with the arrows, Enter. */
const Palette = ({ actions, onClose }: PaletteProps): ReactNode => {
  const dialog = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState("");
  const [index, setIndex] = useState(0);
  const name = useId();
  const found = findActions(actions, query).slice(0, 60);
  const chosen = found[Math.min(index, found.length - 1)];
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  useEffect(() => {
    if (chosen !== undefined) document.getElementById(`${name}-${chosen.id}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen, name]);
  const run = (action: Action | undefined): void => {
    if (action === undefined) return;
    onClose();
    // The focus goes back to where it was first; an action may then put it elsewhere.
    setTimeout(() => action.run(), 0);
  };
  const onKey = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const move = moves[event.key];
    if (move !== undefined && found.length > 0) {
      event.preventDefault();
      setIndex((Math.min(index, found.length - 1) + move + found.length) % found.length);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      run(chosen);
    }
  };
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={words.label}
      onClose={onClose}
      onPointerDown={(event) => event.target === dialog.current && onClose()}
    >
      <div className="palette__box">
        <input
          className="palette__input"
          // biome-ignore lint/a11y/noAutofocus: the palette was just asked for
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={`${name}-list`}
          aria-activedescendant={chosen === undefined ? undefined : `${name}-${chosen.id}`}
          aria-label={words.input}
          placeholder={words.input}
          value={query}
          spellCheck={false}
          onChange={({ target }) => {
            setQuery(target.value);
            setIndex(0);
          }}
          onKeyDown={onKey}
        />
        <div id={`${name}-list`} className="palette__list" role="listbox" aria-label={words.label}>
          {found.map((action) => (
            <div
              key={action.id}
              id={`${name}-${action.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={action === chosen}
              lang={action.lang}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => run(action)}
              onKeyDown={() => {}}
            >
              <span>{action.title}</span>
              <span className="palette__group" lang={strings.language}>
                {action.keys === undefined ? action.group : <kbd>{action.keys}</kbd>}
              </span>
            </div>
          ))}
        </div>
        <p className="palette__none" role="status">
          {found.length === 0 ? words.none : ""}
        </p>
      </div>
    </dialog>
  );
};

export default Palette;
