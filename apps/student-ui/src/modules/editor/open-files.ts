import type { Problem } from "@atelier/contract";

/** One file that is open in the editor; its text lives in the editor itself. */
export interface OpenFile {
  readonly path: string;
  readonly phase: "loading" | "ready" | "saving" | "failed";
  /** Version on disk that the text is based on. */
  readonly etag?: string;
  readonly dirty: boolean;
  /** Somebody else wrote the file since: nothing is saved before the student has decided. */
  readonly conflict: boolean;
  readonly problem?: Problem;
  /** Where the cursor is wanted, once; counts up with every asking. */
  readonly line?: number;
}

export interface OpenFiles {
  readonly files: readonly OpenFile[];
  readonly current?: string;
}

export type OpenFilesAction =
  | { readonly type: "open"; readonly path: string; readonly line?: number | undefined }
  | { readonly type: "loaded"; readonly path: string; readonly etag: string }
  | { readonly type: "failed"; readonly path: string; readonly problem: Problem }
  | { readonly type: "edited"; readonly path: string; readonly dirty: boolean }
  | { readonly type: "saving"; readonly path: string }
  | { readonly type: "saved"; readonly path: string; readonly etag: string; readonly dirty: boolean }
  | { readonly type: "not-saved"; readonly path: string; readonly problem: Problem }
  | { readonly type: "conflict"; readonly path: string }
  | { readonly type: "choose"; readonly path: string }
  | { readonly type: "close"; readonly path: string }
  | { readonly type: "moved"; readonly from: string; readonly to: string }
  | { readonly type: "removed"; readonly path: string };

export const noFiles: OpenFiles = { files: [] };

const change = (state: OpenFiles, path: string, next: (file: OpenFile) => OpenFile): OpenFiles => ({
  ...state,
  files: state.files.map((file) => (file.path === path ? next(file) : file)),
});

const isAtOrBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

const without = (state: OpenFiles, gone: (file: OpenFile) => boolean): OpenFiles => {
  const files = state.files.filter((file) => !gone(file));
  const { current } = state;
  if (files.some(({ path }) => path === current)) return { ...state, files };
  const index = state.files.findIndex(({ path }) => path === current);
  const next = files[Math.min(Math.max(0, index), files.length - 1)]?.path;
  return next === undefined ? { files } : { files, current: next };
};

const clear = ({ problem: _problem, ...file }: OpenFile): OpenFile => file;

/** The one transition function of the editor's open files. */
export const reduceFiles = (state: OpenFiles, action: OpenFilesAction): OpenFiles => {
  switch (action.type) {
    case "open": {
      const line = action.line === undefined ? {} : { line: action.line };
      const known = state.files.find(({ path }) => path === action.path);
      if (known !== undefined)
        return {
          ...change(state, action.path, (file) => ({
            ...(file.phase === "failed" ? { ...clear(file), phase: "loading" as const } : file),
            ...line,
          })),
          current: action.path,
        };
      const opened: OpenFile = { path: action.path, phase: "loading", dirty: false, conflict: false, ...line };
      return { files: [...state.files, opened], current: action.path };
    }
    case "loaded":
      return change(state, action.path, (file) => ({
        ...clear(file),
        phase: "ready",
        etag: action.etag,
        dirty: false,
        conflict: false,
      }));
    case "failed":
      return change(state, action.path, (file) => ({ ...file, phase: "failed", problem: action.problem }));
    case "edited":
      return change(state, action.path, (file) =>
        file.dirty === action.dirty ? file : { ...file, dirty: action.dirty },
      );
    case "saving":
      return change(state, action.path, (file) => ({ ...clear(file), phase: "saving" }));
    case "saved":
      return change(state, action.path, (file) => ({
        ...clear(file),
        phase: "ready",
        etag: action.etag,
        dirty: action.dirty,
        conflict: false,
      }));
    case "not-saved":
      return change(state, action.path, (file) => ({ ...file, phase: "ready", problem: action.problem }));
    case "conflict":
      return change(state, action.path, (file) => ({ ...file, phase: "ready", conflict: true }));
    case "choose":
      return { ...state, current: action.path };
    case "close":
      return without(state, ({ path }) => path === action.path);
    case "moved": {
      const moved = (path: string): string =>
        isAtOrBelow(path, action.from) ? `${action.to}${path.slice(action.from.length)}` : path;
      return {
        files: state.files.map((file) => ({ ...file, path: moved(file.path) })),
        ...(state.current === undefined ? {} : { current: moved(state.current) }),
      };
    }
    case "removed":
      return without(state, ({ path }) => isAtOrBelow(path, action.path));
  }
};
