import type { FileEntry } from "@atelier/contract";
import { Icon } from "@atelier/ui";
import { type DragEvent, type KeyboardEvent, type ReactNode, useState } from "react";
import { strings } from "../../strings/en.ts";
import type { TreeState } from "./use-tree.ts";

const words = strings.editor;

export interface FileTreeProps {
  readonly tree: TreeState;
  readonly label: string;
  readonly opened: string | undefined;
  readonly onOpen: (entry: FileEntry) => void;
  readonly onDropFiles: (folder: string, files: readonly File[]) => void;
}

interface Row {
  readonly entry: FileEntry;
  readonly level: number;
}

/** Every row on screen, in order: a folder, then what is in it while it is open. */
const rowsOf = (tree: TreeState, folder: string, level = 1): readonly Row[] =>
  (tree.folders[folder]?.entries ?? []).flatMap((entry) => [
    { entry, level },
    ...(entry.kind === "folder" && tree.open.has(entry.path) ? rowsOf(tree, entry.path, level + 1) : []),
  ]);

const size = (bytes: number): string =>
  bytes < 1000
    ? `${bytes} B`
    : bytes < 1_000_000
      ? `${(bytes / 1000).toFixed(1)} kB`
      : `${(bytes / 1_000_000).toFixed(1)} MB`;

/** The student's files: arrows move and unfold, Enter opens; what is dropped on a folder goes into it. */
export const FileTree = ({ tree, label, opened, onOpen, onDropFiles }: FileTreeProps): ReactNode => {
  const [over, setOver] = useState<string>();
  const rows = rowsOf(tree, tree.root);
  const selected = rows.find(({ entry }) => entry.path === tree.selected)?.entry.path ?? rows[0]?.entry.path;

  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    const index = rows.findIndex(({ entry }) => entry.path === selected);
    const row = rows[index];
    if (row === undefined) return;
    const { entry, level } = row;
    const go = (to: Row | undefined): void => {
      if (to === undefined) return;
      tree.select(to.entry.path);
      document.getElementById(rowId(to.entry.path))?.focus();
    };
    const isOpen = entry.kind === "folder" && tree.open.has(entry.path);
    const actions = new Map<string, () => void>([
      ["ArrowDown", () => go(rows[index + 1])],
      ["ArrowUp", () => go(rows[index - 1])],
      ["Home", () => go(rows[0])],
      ["End", () => go(rows.at(-1))],
      [
        "ArrowRight",
        () => (entry.kind === "folder" && !isOpen ? tree.toggle(entry.path) : isOpen && go(rows[index + 1])),
      ],
      [
        "ArrowLeft",
        () => (isOpen ? tree.toggle(entry.path) : go(rows.slice(0, index).findLast((above) => above.level < level))),
      ],
      ["Enter", () => onOpen(entry)],
      [" ", () => onOpen(entry)],
    ]);
    const act = actions.get(event.key);
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const dropTarget = (folder: string) => ({
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      event.stopPropagation();
      setOver(folder);
    },
    onDragLeave: () => setOver(undefined),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      event.stopPropagation();
      setOver(undefined);
      onDropFiles(folder, [...event.dataTransfer.files]);
    },
  });

  return (
    <div className="tree" data-over={over === tree.root || undefined} {...dropTarget(tree.root)}>
      <div role="tree" aria-label={label} className="tree__list">
        {rows.map(({ entry, level }) => (
          <div
            key={entry.path}
            id={rowId(entry.path)}
            role="treeitem"
            className="tree__row"
            tabIndex={entry.path === selected ? 0 : -1}
            aria-level={level}
            aria-selected={entry.path === tree.selected}
            aria-expanded={entry.kind === "folder" ? tree.open.has(entry.path) : undefined}
            data-opened={entry.path === opened || undefined}
            data-over={over === entry.path || undefined}
            style={{ paddingInlineStart: `${8 + (level - 1) * 14}px` }}
            title={entry.kind === "file" ? `${entry.path} · ${size(entry.size)}` : entry.path}
            onClick={() => {
              tree.select(entry.path);
              onOpen(entry);
            }}
            onKeyDown={onKey}
            {...(entry.kind === "folder" ? dropTarget(entry.path) : {})}
          >
            <Icon
              name={entry.kind === "folder" ? (tree.open.has(entry.path) ? "down" : "forward") : "file"}
              size={14}
            />
            <span className="tree__name">{entry.name}</span>
            {entry.link && <span className="tree__note">{words.link}</span>}
          </div>
        ))}
      </div>
      {rows.length === 0 && <p className="tree__empty">{tree.isLoading ? words.loading : words.emptyFolder}</p>}
      {tree.isTruncated && <p className="tree__empty">{words.truncated}</p>}
    </div>
  );
};

const rowId = (path: string): string => `file-${encodeURIComponent(path)}`;
