import type { WorkspaceView } from "@atelier/contract";
import { useEffect, useMemo, useRef, useState } from "react";
import { type OpenFile, openFileEvent } from "../../content/prose.tsx";
import { setPreferences } from "../../preferences/preferences.ts";
import { strings } from "../../strings/en.ts";
import { allPreviews, type Preview, previewTool, type ToolId } from "./tool-id.ts";
import type { Tools } from "./tools-context.ts";

/** The tools of the page. `reveal` brings their pane to the front where it is hidden. */
export const useCreatedTools = (workspace: WorkspaceView | undefined, reveal: () => void): Tools => {
  const [current, setCurrent] = useState<ToolId>();
  const [previews, setPreviews] = useState<readonly Preview[]>([]);
  const [wantedFile, setWantedFile] = useState<Tools["wantedFile"]>();
  const latestReveal = useRef(reveal);
  latestReveal.current = reveal;
  const tools = useMemo((): Tools => {
    const show = (tool: ToolId): void => {
      setCurrent(tool);
      setPreferences({ tool: tool === "editor" ? "editor" : "terminal" });
      latestReveal.current();
    };
    return {
      current,
      previews,
      wantedFile,
      show,
      openFile: (path, line) => {
        if (workspace?.workshop.editor !== true) return false;
        setWantedFile({ path, line });
        show("editor");
        return true;
      },
      openPreview: (port, path) => {
        if (workspace?.previewAddress === undefined) return false;
        const ofPort = allPreviews({ workspace, previews }).filter((preview) => preview.port === port);
        const known = ofPort.find((preview) => preview.path === path) ?? ofPort[0];
        const { title = strings.tools.port(port), visit = 0 } = known ?? {};
        const preview: Preview = { port, path, title, visit: visit + 1 };
        const place = previews.findIndex((each) => previewTool(each) === previewTool(preview));
        setPreviews(place === -1 ? [...previews, preview] : previews.with(place, preview));
        show(previewTool(preview));
        return true;
      },
      closePreview: (port) => {
        setPreviews(previews.filter((preview) => preview.port !== port));
        setCurrent(undefined);
      },
    };
  }, [current, previews, wantedFile, workspace]);

  // A text names a file without knowing who shows it.
  const { openFile } = tools;
  useEffect(() => {
    const open = (event: Event): void => {
      const { path, line } = (event as CustomEvent<OpenFile>).detail;
      openFile(path, line);
    };
    document.addEventListener(openFileEvent, open);
    return () => document.removeEventListener(openFileEvent, open);
  }, [openFile]);
  return tools;
};
