import "./tab-strip.css";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { Icon, type IconName } from "../icons/icons.tsx";

export interface TabItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  /** Language of the label where it is not the page's. */
  readonly lang?: string;
  /** What there is to say about it, shown as a dot: unsaved, new. */
  readonly mark?: string;
}

export interface TabStripProps {
  readonly items: readonly TabItem[];
  readonly selected: string | undefined;
  readonly label: string;
  /** Prefix of the ids that tie tabs to their {@link TabPanel}s. */
  readonly name: string;
  /** Id of the one element that shows whatever is selected, where there are no {@link TabPanel}s. */
  readonly panel?: string;
  readonly onSelect: (id: string) => void;
  /** Delete pressed on a tab. */
  readonly onDelete?: (id: string) => void;
}

const idOf = (name: string, kind: "tab" | "panel", id: string): string =>
  `${name}-${kind}-${id.replace(/[^A-Za-z0-9_-]/g, (character) => `.${character.charCodeAt(0).toString(16)}`)}`;

/** Tabs in a row: arrow keys move between them and select, Tab leads to the panel. */
export const TabStrip = ({ items, selected, label, name, panel, onSelect, onDelete }: TabStripProps): ReactNode => {
  const host = useRef<HTMLDivElement>(null);
  // Without a selection the first tab is the way in by keyboard.
  const current = items.some(({ id }) => id === selected) ? selected : undefined;
  const reachable = current ?? items[0]?.id;
  useEffect(() => {
    if (current !== undefined)
      document.getElementById(idOf(name, "tab", current))?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current, name]);
  const onKey = (event: KeyboardEvent): void => {
    const index = items.findIndex(({ id }) => id === reachable);
    const to: Readonly<Record<string, number>> = {
      ArrowLeft: (index - 1 + items.length) % items.length,
      ArrowRight: (index + 1) % items.length,
      Home: 0,
      End: items.length - 1,
    };
    if (event.key === "Delete" && current !== undefined) onDelete?.(current);
    const next = items[to[event.key] ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next.id);
    document.getElementById(idOf(name, "tab", next.id))?.focus();
  };
  return (
    <div className="tab-strip" role="tablist" aria-label={label} ref={host}>
      {items.map(({ id, label: text, icon, lang, mark }) => (
        <button
          key={id}
          id={idOf(name, "tab", id)}
          type="button"
          role="tab"
          className="tab-strip__tab"
          lang={lang}
          aria-selected={id === current}
          aria-controls={panel ?? idOf(name, "panel", id)}
          tabIndex={id === reachable ? 0 : -1}
          onClick={() => onSelect(id)}
          onKeyDown={onKey}
        >
          {icon !== undefined && <Icon name={icon} size={14} />}
          {text}
          {mark !== undefined && (
            <>
              <span className="tab-strip__mark" aria-hidden="true" />
              <span className="visually-hidden">({mark})</span>
            </>
          )}
        </button>
      ))}
    </div>
  );
};

export interface TabPanelProps {
  readonly name: string;
  readonly id: string;
  readonly selected: boolean;
  readonly className?: string;
  /** Nothing in it can be reached for now. */
  readonly inert?: boolean;
  readonly children: ReactNode;
}

/** What a tab shows. A panel that is not selected stays mounted, hidden. */
export const TabPanel = ({ name, id, selected, className = "", inert = false, children }: TabPanelProps): ReactNode => (
  <div
    id={idOf(name, "panel", id)}
    role="tabpanel"
    aria-labelledby={idOf(name, "tab", id)}
    className={`tab-panel ${className}`}
    hidden={!selected}
    inert={inert}
  >
    {children}
  </div>
);
