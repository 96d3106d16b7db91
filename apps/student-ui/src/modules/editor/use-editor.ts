import type { FileEntry } from "@atelier/contract";
import { useCallback, useEffect, useReducer, useRef } from "react";
import type { FilesClient } from "../../api/files-client.ts";
import { problemOf } from "../../api/problem.ts";
import { strings } from "../../strings/en.ts";
import { type CodeView, createCodeView } from "./code-view.ts";
import { noFiles, type OpenFiles, reduceFiles } from "./open-files.ts";

/** The open files and what can be done with them. */
export interface Editor {
  readonly state: OpenFiles;
  /** Element that CodeMirror draws into. */
  readonly attach: (element: HTMLElement | null) => void;
  open(path: string, line?: number): void;
  choose(path: string): void;
  close(path: string): void;
  save(path: string): Promise<void>;
  /** Writes over what somebody else wrote. */
  overwrite(path: string): Promise<void>;
  /** Takes what is on disk and drops what was typed. */
  reload(path: string): Promise<void>;
  /** Looks whether the file in front is still the one on disk. */
  look(): Promise<void>;
  moved(from: string, entry: FileEntry): void;
  removed(path: string): void;
  focus(): void;
}

export const useEditor = (client: FilesClient, readOnly: boolean): Editor => {
  const [state, dispatch] = useReducer(reduceFiles, noFiles);
  const view = useRef<CodeView | undefined>(undefined);
  const latest = useRef(state);
  latest.current = state;
  const saveLatest = useRef<(path: string) => void>(() => {});

  const attach = useCallback(
    (element: HTMLElement | null) => {
      view.current?.destroy();
      view.current = undefined;
      if (element === null) return;
      view.current = createCodeView({
        parent: element,
        label: (path) => strings.editor.text(path),
        readOnly,
        events: {
          edited: (path, dirty) => dispatch({ type: "edited", path, dirty }),
          save: (path) => saveLatest.current(path),
        },
      });
    },
    [readOnly],
  );

  const fileOf = (path: string) => latest.current.files.find((file) => file.path === path);

  const load = useCallback(
    async (path: string): Promise<void> => {
      try {
        const { text, etag } = await client.read(path);
        // Bytes that are no text would come back as others.
        if (text.includes("\u0000") || text.includes("\ufffd")) {
          const problem = { code: "file-not-text", message: strings.editor.notText, fields: [] };
          dispatch({ type: "failed", path, problem });
          return;
        }
        view.current?.load(path, text);
        dispatch({ type: "loaded", path, etag });
      } catch (error) {
        dispatch({ type: "failed", path, problem: problemOf(error) });
      }
    },
    [client],
  );

  const write = async (path: string, force: boolean): Promise<void> => {
    const file = fileOf(path);
    const text = view.current?.text(path);
    if (file === undefined || text === undefined || file.phase === "saving" || readOnly) return;
    dispatch({ type: "saving", path });
    try {
      const demand = force || file.etag === undefined ? "any" : { etag: file.etag };
      const { etag } = await client.write(path, text, demand);
      // What was typed while it was being saved is not on disk yet.
      dispatch({ type: "saved", path, etag, dirty: view.current?.markSaved(path, text) ?? false });
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === "file-changed") dispatch({ type: "conflict", path });
      else dispatch({ type: "not-saved", path, problem });
    }
  };
  saveLatest.current = (path) => {
    write(path, false).catch(() => undefined);
  };

  const { current, files } = state;
  const front = files.find(({ path }) => path === current);
  const frontPhase = front?.phase;
  const frontPath = front?.path;
  useEffect(() => {
    if (frontPath !== undefined && frontPhase === "loading") load(frontPath).catch(() => undefined);
  }, [frontPath, frontPhase, load]);
  useEffect(() => {
    const isShown = frontPath !== undefined && (frontPhase === "ready" || frontPhase === "saving");
    view.current?.show(isShown ? frontPath : undefined);
  }, [frontPath, frontPhase]);
  const line = front?.line;
  useEffect(() => {
    if (frontPath !== undefined && frontPhase === "ready" && line !== undefined) view.current?.goTo(frontPath, line);
  }, [frontPath, frontPhase, line]);

  return {
    state,
    attach,
    open: (path, at) => dispatch({ type: "open", path, line: at }),
    choose: (path) => dispatch({ type: "choose", path }),
    close: (path) => {
      view.current?.forget(path);
      dispatch({ type: "close", path });
    },
    save: (path) => write(path, false),
    overwrite: (path) => write(path, true),
    reload: load,
    look: async () => {
      const path = latest.current.current;
      const file = path === undefined ? undefined : fileOf(path);
      if (path === undefined || file?.phase !== "ready" || file.etag === undefined) return;
      const { etag, text } = await client.read(path).catch(() => ({ etag: file.etag, text: "" }));
      const now = fileOf(path);
      if (etag === file.etag || now?.etag !== file.etag || now.phase !== "ready") return;
      if (now.dirty) dispatch({ type: "conflict", path });
      else {
        view.current?.load(path, text);
        dispatch({ type: "loaded", path, etag: etag ?? "" });
      }
    },
    moved: (from, entry) => {
      view.current?.move(from, entry.path);
      dispatch({ type: "moved", from, to: entry.path });
    },
    removed: (path) => {
      for (const file of latest.current.files)
        if (file.path === path || file.path.startsWith(`${path}/`)) view.current?.forget(file.path);
      dispatch({ type: "removed", path });
    },
    focus: () => view.current?.focus(),
  };
};
