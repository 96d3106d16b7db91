import type { CheckpointView, LeavingView } from "@atelier/contract";
import { Button } from "@atelier/ui";
import { type ReactNode, useEffect, useState } from "react";
import { useSession, useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { WhatIsLeft } from "../requests/what-is-left.tsx";
import { SavedDialog } from "./saved-dialog.tsx";

const words = strings.saved.states;

/** The saved states of the student's files; one of them is brought back after a second click. */
const SavedStates = ({ onClose }: { readonly onClose: () => void }): ReactNode => {
  const session = useSession();
  const { workspace } = useStudent();
  const [states, setStates] = useState<readonly CheckpointView[]>();
  const [asked, setAsked] = useState<string>();
  useEffect(() => {
    let isWanted = true;
    session.checkpoints().then((found) => isWanted && setStates(found ?? []));
    return () => {
      isWanted = false;
    };
  }, [session]);
  const [left, setLeft] = useState<LeavingView | null>();
  const ask = (checkpoint: string): void => {
    setAsked(checkpoint);
    session.leaving().then((view) => setLeft(view ?? null));
  };
  const restore = (checkpoint: string): void => {
    session.request("restore", { checkpoint, ...(left?.jobs.length ? { confirmed: true } : {}) });
    onClose();
  };
  const titleOf = (step: string): string => workspace?.steps.find(({ id }) => id === step)?.title ?? words.start;
  return (
    <SavedDialog title={words.title} text={words.text} onClose={onClose}>
      {states === undefined ? (
        <p role="status">{strings.saved.loading}</p>
      ) : (
        <ul className="saved__list">
          {states.length === 0 && <li>{words.none}</li>}
          {states.map(({ id, at, step, reason, files, skipped }) => (
            <li key={id} className="saved__item">
              <div>
                <time dateTime={at}>{new Date(at).toLocaleString()}</time>
                <p className="saved__detail">{words.detail(words.reasons[reason], titleOf(step), files)}</p>
                {skipped.length > 0 && (
                  <p className="saved__detail">{words.skipped(skipped.map(({ path, why }) => `${path} (${why})`))}</p>
                )}
              </div>
              {workspace?.transitions === true &&
                (asked === id ? (
                  <Button size="small" look="danger" autoFocus onPress={() => restore(id)}>
                    {words.sure}
                  </Button>
                ) : (
                  <Button size="small" onPress={() => ask(id)}>
                    {words.restore}
                  </Button>
                ))}
              {asked === id && (
                <div className="saved__loses">
                  <p className="saved__detail">{words.loses}</p>
                  <WhatIsLeft view={left} filesComeAlong={false} />
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
    </SavedDialog>
  );
};

export default SavedStates;
