import "./uploads.css";
import { uploadBytes } from "@atelier/contract";
import { Button, Icon } from "@atelier/ui";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { createFilesClient } from "../../api/files-client.ts";
import { strings } from "../../strings/en.ts";
import { Confirm } from "../overlays/overlays.tsx";
import { createUploadQueue, type Upload } from "./upload-queue.ts";
import { UploadsContext } from "./uploads-context.ts";

const words = strings.uploads;

/** Gives the page its uploads, and shows what becomes of them. */
export const UploadsProvider = ({ children }: { readonly children: ReactNode }): ReactNode => {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const [settled, setSettled] = useState(0);
  const [clash, setClash] = useState<{ readonly name: string; readonly answer: (replace: boolean) => void }>();
  const picker = useRef<HTMLInputElement>(null);
  const into = useRef<string | undefined>(undefined);
  const queue = useMemo(
    () =>
      createUploadQueue({
        client: createFilesClient((input, init) => fetch(input, init)),
        onChange: setUploads,
        askReplace: (name) => new Promise((answer) => setClash({ name, answer })),
        tooBig: () => ({ code: "file-too-big", message: words.tooBig(uploadBytes / 1024 / 1024), fields: [] }),
      }),
    [],
  );
  const offered = useMemo(
    () => ({
      settled,
      upload: (folder: string | undefined, files: readonly File[]) => {
        // A folder that is dropped looks like a file without a size and a type, and cannot be read as one.
        queue.add(folder, files).then(() => setSettled((count) => count + 1));
      },
      pick: (folder: string | undefined) => {
        into.current = folder;
        picker.current?.click();
      },
    }),
    [queue, settled],
  );
  const isBusy = uploads.some(({ state }) => state === "waiting" || state === "running");
  return (
    <UploadsContext value={offered}>
      {children}
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={words.pick}
        onChange={({ target }) => {
          offered.upload(into.current, [...(target.files ?? [])]);
          target.value = "";
        }}
      />
      {uploads.length > 0 && (
        <section className="uploads" aria-label={words.label}>
          <div className="uploads__head">
            <strong role="status">{isBusy ? words.running : words.ended}</strong>
            <Button look="quiet" size="small" icon="cross" aria-label={strings.notice.dismiss} onPress={queue.clear} />
          </div>
          <ul>
            {uploads.map(({ id, name, state, problem }) => (
              <li key={id} data-state={state}>
                {state === "running" ? (
                  <span className="spinner" />
                ) : (
                  <Icon name={state === "done" ? "check" : state === "failed" ? "warning" : "minus"} size={14} />
                )}
                <span>
                  {name} <small>{problem?.message ?? words.state[state]}</small>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Confirm
        isOpen={clash !== undefined}
        title={words.clash(clash?.name ?? "")}
        text={words.clashText}
        button={words.replace}
        danger
        onAnswer={(yes) => {
          clash?.answer(yes);
          setClash(undefined);
        }}
      />
    </UploadsContext>
  );
};
