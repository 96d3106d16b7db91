import { type DragEvent, type ReactNode, useState } from "react";
import { strings } from "../../strings/en.ts";
import { useUploads } from "./uploads-context.ts";

/** Takes files that are dropped on what it wraps, into the folder that shells start in. */
export const DropZone = ({ children }: { readonly children: ReactNode }): ReactNode => {
  const uploads = useUploads();
  const [isOver, setOver] = useState(false);
  const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes("Files");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dropped can be chosen by keyboard in the editor
    <div
      className="drop"
      onDragOver={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        setOver(false);
        if (!holdsFiles(event)) return;
        event.preventDefault();
        uploads.upload(undefined, [...event.dataTransfer.files]);
      }}
    >
      {children}
      {isOver && <div className="drop__hint">{strings.uploads.dropHere}</div>}
    </div>
  );
};
