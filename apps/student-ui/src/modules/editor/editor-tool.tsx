import "./editor.css";
import type { FileEntry } from "@atelier/contract";
import { Button, TabStrip } from "@atelier/ui";
import { type CSSProperties, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { createFilesClient, downloadUrl } from "../../api/files-client.ts";
import { problemOf } from "../../api/problem.ts";
import { usePreferences } from "../../preferences/preferences.ts";
import { useNarrow } from "../../pages/use-narrow.ts";
import { strings } from "../../strings/en.ts";
import { useUploads } from "../files/uploads-context.ts";
import { Confirm } from "../overlays/overlays.tsx";
import { useTools } from "../tools/tools-context.ts";
import { FileTree } from "./file-tree.tsx";
import { absolutePath, folderOf, inFolder, isFileName, nameOf, shownPath } from "./file-paths.ts";
import { NameForm } from "./name-form.tsx";
import { useEditor } from "./use-editor.ts";
import { useTree } from "./use-tree.ts";

const words = strings.editor;
type Naming =
  | { readonly kind: "file" | "folder"; readonly folder: string }
  | { readonly kind: "rename"; readonly path: string };

export interface EditorToolProps {
  readonly isShown: boolean;
  readonly readOnly: boolean;
}

/** The student's files: a tree, and an editor for what is opened from it. */
const EditorTool = ({ isShown, readOnly }: EditorToolProps): ReactNode => {
  const client = useMemo(() => createFilesClient((input, init) => fetch(input, init)), []);
  const tree = useTree(client);
  const editor = useEditor(client, readOnly);
  const tools = useTools();
  const uploads = useUploads();
  const { fontSize } = usePreferences();
  const isNarrow = useNarrow();
  const [isTreeOpen, setTreeOpen] = useState(true);
  const [naming, setNaming] = useState<Naming>();
  const [removing, setRemoving] = useState<FileEntry>();
  const [closing, setClosing] = useState<string>();
  const [failure, setFailure] = useState("");
  const { files, current } = editor.state;
  const front = files.find(({ path }) => path === current);

  const where = { home: tree.home, workdir: tree.workdir };
  const { wantedFile } = tools;
  const openWanted = useRef(editor.open);
  openWanted.current = editor.open;
  useEffect(() => {
    if (wantedFile === undefined || where.workdir === "") return;
    openWanted.current(absolutePath(wantedFile.path, { home: where.home, workdir: where.workdir }), wantedFile.line);
  }, [wantedFile, where.home, where.workdir]);

  // The terminal writes files too: whoever comes back sees what is there now.
  const lookAgain = useRef(() => {});
  lookAgain.current = () => {
    tree.refresh().catch(() => undefined);
    editor.look().catch(() => undefined);
  };
  useEffect(() => {
    if (!isShown) return;
    lookAgain.current();
    const look = (): void => lookAgain.current();
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, [isShown]);
  const { settled } = uploads;
  useEffect(() => {
    if (settled > 0) lookAgain.current();
  }, [settled]);

  const isDirty = files.some(({ dirty }) => dirty);
  useEffect(() => {
    if (!isDirty) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isDirty]);

  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    setFailure("");
    try {
      await work();
    } catch (error) {
      const { message, hint } = problemOf(error);
      setFailure(`${message} ${hint ?? ""}`);
    }
    await tree.refresh();
  };
  const entryOf = (path: string | undefined): FileEntry | undefined =>
    path === undefined ? undefined : tree.folders[folderOf(path)]?.entries.find((entry) => entry.path === path);
  const selected = entryOf(tree.selected);
  const folder =
    selected === undefined ? tree.root : selected.kind === "folder" ? selected.path : folderOf(selected.path);

  const open = (entry: FileEntry): void => {
    if (entry.kind === "folder") tree.toggle(entry.path);
    else if (entry.kind === "file") {
      editor.open(entry.path);
      if (isNarrow) setTreeOpen(false);
    }
  };
  const name = (given: string): void => {
    const asked = naming;
    setNaming(undefined);
    if (asked === undefined) return;
    attempt(async () => {
      if (asked.kind === "rename") {
        const entry = await client.rename(asked.path, inFolder(folderOf(asked.path), given));
        editor.moved(asked.path, entry);
        return;
      }
      const path = inFolder(asked.folder, given);
      if (asked.kind === "folder") await client.makeFolder(path);
      else {
        await client.write(path, "", "fresh");
        editor.open(path);
      }
      tree.select(path);
    });
  };
  const close = (path: string): void => {
    if (files.find((file) => file.path === path)?.dirty) setClosing(path);
    else editor.close(path);
  };

  return (
    <div
      className="editor"
      data-tree={isTreeOpen || undefined}
      style={{ "--editor-size": `${fontSize}px` } as CSSProperties}
    >
      {isTreeOpen && (
        <div className="editor__side">
          <div className="editor__actions" role="toolbar" aria-label={words.actions}>
            {!readOnly && (
              <>
                <Button
                  look="quiet"
                  size="small"
                  icon="file"
                  aria-label={words.newFile}
                  onPress={() => setNaming({ kind: "file", folder })}
                />
                <Button
                  look="quiet"
                  size="small"
                  icon="folder"
                  aria-label={words.newFolder}
                  onPress={() => setNaming({ kind: "folder", folder })}
                />
                <Button
                  look="quiet"
                  size="small"
                  icon="upload"
                  aria-label={words.upload}
                  onPress={() => uploads.pick(folder)}
                />
                <Button
                  look="quiet"
                  size="small"
                  icon="edit"
                  aria-label={words.rename}
                  isDisabled={selected === undefined}
                  onPress={() => selected && setNaming({ kind: "rename", path: selected.path })}
                />
                <Button
                  look="quiet"
                  size="small"
                  icon="trash"
                  aria-label={words.remove}
                  isDisabled={selected === undefined}
                  onPress={() => setRemoving(selected)}
                />
              </>
            )}
            <a
              className="editor__download"
              href={downloadUrl(selected ?? { path: tree.root, kind: "folder" })}
              download
              aria-label={selected === undefined ? words.downloadAll : words.download(selected.name)}
              title={selected === undefined ? words.downloadAll : words.download(selected.name)}
            >
              ↓
            </a>
            <Button
              look="quiet"
              size="small"
              icon="refresh"
              aria-label={words.refresh}
              onPress={() => tree.refresh()}
            />
          </div>
          {naming !== undefined && (
            <NameForm
              label={
                naming.kind === "rename"
                  ? words.renameTo(nameOf(naming.path))
                  : naming.kind === "file"
                    ? words.newFileIn(shownPath(naming.folder, tree.home))
                    : words.newFolderIn(shownPath(naming.folder, tree.home))
              }
              initial={naming.kind === "rename" ? nameOf(naming.path) : ""}
              isValid={isFileName}
              onName={name}
              onCancel={() => setNaming(undefined)}
            />
          )}
          {(failure !== "" || tree.problem !== undefined) && (
            <p className="editor__failure" role="alert">
              {failure || tree.problem?.message}
            </p>
          )}
          <p className="editor__root">{shownPath(tree.root, tree.home)}</p>
          <FileTree
            tree={tree}
            label={words.files}
            opened={current}
            onOpen={open}
            onDropFiles={(into, dropped) => uploads.upload(into, dropped)}
          />
        </div>
      )}
      <div className="editor__main">
        <div className="editor__bar">
          <Button
            look="quiet"
            size="small"
            icon="list"
            aria-label={words.toggleFiles}
            aria-expanded={isTreeOpen}
            onPress={() => setTreeOpen(!isTreeOpen)}
          />
          <TabStrip
            name="file"
            panel="editor-text"
            label={words.openFiles}
            items={files.map(({ path, dirty }) => ({
              id: path,
              label: nameOf(path),
              ...(dirty ? { mark: words.unsaved } : {}),
            }))}
            selected={current}
            onSelect={editor.choose}
            onDelete={close}
          />
          <span className="editor__space" />
          {front !== undefined && (
            <>
              {!readOnly && (
                <Button
                  size="small"
                  icon="save"
                  isPending={front.phase === "saving"}
                  isDisabled={!front.dirty}
                  onPress={() => editor.save(front.path)}
                >
                  {words.save}
                </Button>
              )}
              <Button
                look="quiet"
                size="small"
                icon="cross"
                aria-label={words.close(nameOf(front.path))}
                onPress={() => close(front.path)}
              />
            </>
          )}
        </div>
        {front?.conflict === true && (
          <div className="editor__conflict" role="alert">
            <p>{words.conflict(nameOf(front.path))}</p>
            <Button size="small" onPress={() => editor.reload(front.path)}>
              {words.takeTheirs}
            </Button>
            <Button size="small" look="danger" onPress={() => editor.overwrite(front.path)}>
              {words.keepMine}
            </Button>
          </div>
        )}
        {front?.problem !== undefined && (
          <div className="editor__conflict" role="alert">
            <p>
              {front.problem.message} {front.problem.hint}
            </p>
            {front.phase === "failed" && (
              <a className="link" href={downloadUrl({ path: front.path, kind: "file" })} download>
                {words.downloadInstead}
              </a>
            )}
          </div>
        )}
        <div
          className="editor__text"
          id="editor-text"
          role="tabpanel"
          aria-label={front === undefined ? words.openFiles : nameOf(front.path)}
          ref={editor.attach}
          hidden={front === undefined || front.phase === "failed"}
        />
        {front === undefined && <p className="editor__empty">{words.nothingOpen}</p>}
        {front !== undefined && (
          <p className="editor__foot" role="status">
            {shownPath(front.path, tree.home)}
            {front.dirty ? ` · ${words.unsaved}` : front.phase === "ready" ? ` · ${words.saved}` : ""}
          </p>
        )}
      </div>
      <Confirm
        isOpen={removing !== undefined}
        title={words.confirmRemove(removing?.name ?? "")}
        text={removing?.kind === "folder" && !removing.link ? words.confirmRemoveFolder : words.confirmRemoveFile}
        button={words.remove}
        danger
        onAnswer={(yes) => {
          const entry = removing;
          setRemoving(undefined);
          if (yes && entry !== undefined)
            attempt(async () => {
              await client.remove(entry.path);
              editor.removed(entry.path);
            });
        }}
      />
      <Confirm
        isOpen={closing !== undefined}
        title={words.confirmClose(nameOf(closing ?? ""))}
        text={words.confirmCloseText}
        button={words.closeUnsaved}
        danger
        onAnswer={(yes) => {
          if (yes && closing !== undefined) editor.close(closing);
          setClosing(undefined);
        }}
      />
    </div>
  );
};

export default EditorTool;
