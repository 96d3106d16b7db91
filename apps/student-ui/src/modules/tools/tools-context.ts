import { createContext, useContext } from "react";
import type { Preview, ToolId } from "./tool-id.ts";

/** What the rest of the page may do with the tools beside the text. */
export interface Tools {
  /** The tool in front, once there is one. */
  readonly current: ToolId | undefined;
  readonly previews: readonly Preview[];
  /** Brings a tool to the front, also where its pane is hidden. */
  show(tool: ToolId): void;
  /** A file in the editor, with the cursor in a line (1-based). False where there is no editor. */
  openFile(path: string, line?: number): boolean;
  /** False where previews cannot be had. */
  openPreview(port: number, path: string): boolean;
  closePreview(port: number): void;
  /** What {@link openFile} asked for last; every asking is another object. */
  readonly wantedFile: { readonly path: string; readonly line: number | undefined } | undefined;
}

export const ToolsContext = createContext<Tools>({
  current: undefined,
  previews: [],
  show: () => {},
  openFile: () => false,
  openPreview: () => false,
  closePreview: () => {},
  wantedFile: undefined,
});

export const useTools = (): Tools => useContext(ToolsContext);
