import type { FolderView, Problem } from "@atelier/contract";
import { useCallback, useEffect, useMemo, useState } from "react";
import { problemOf } from "../../api/problem.ts";
import type { FilesClient } from "../../api/files-client.ts";

export interface TreeState {
  readonly root: string;
  readonly home: string;
  readonly workdir: string;
  readonly folders: Readonly<Record<string, FolderView>>;
  readonly open: ReadonlySet<string>;
  readonly selected: string | undefined;
  readonly isLoading: boolean;
  readonly isTruncated: boolean;
  readonly problem: Problem | undefined;
  select(path: string): void;
  toggle(path: string): void;
  /** Fetches again what is on screen. */
  refresh(): Promise<void>;
}

/** What the tree knows of the disk; folders are fetched when they are opened. */
export const useTree = (client: FilesClient): TreeState => {
  const [folders, setFolders] = useState<Readonly<Record<string, FolderView>>>({});
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [start, setStart] = useState<{ readonly workdir: string; readonly home: string }>();
  const [selected, setSelected] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [isLoading, setLoading] = useState(true);

  const fetchFolder = useCallback(
    async (path?: string): Promise<void> => {
      try {
        const view = await client.list(path);
        setFolders((before) => ({ ...before, [view.path]: view }));
        if (path === undefined) setStart({ workdir: view.path, home: view.roots[0] ?? view.path });
        setProblem(undefined);
      } catch (error) {
        // A folder that has gone shows as empty when its own folder is looked at again.
        const found = problemOf(error);
        if (path === undefined || found.code !== "file-not-found") setProblem(found);
      }
      setLoading(false);
    },
    [client],
  );
  useEffect(() => {
    fetchFolder();
  }, [fetchFolder]);

  return useMemo(() => {
    const root = start?.workdir ?? "";
    return {
      root,
      home: start?.home ?? "",
      workdir: root,
      folders,
      open,
      selected,
      isLoading,
      isTruncated: Object.values(folders).some(({ path, truncated }) => truncated && (path === root || open.has(path))),
      problem,
      select: setSelected,
      toggle: (path) => {
        const next = new Set(open);
        if (next.delete(path)) setOpen(next);
        else {
          next.add(path);
          setOpen(next);
          fetchFolder(path);
        }
      },
      refresh: async () => {
        await Promise.all([fetchFolder(), ...[...open].map((path) => fetchFolder(path))]);
      },
    };
  }, [folders, open, start, selected, isLoading, problem, fetchFolder]);
};
