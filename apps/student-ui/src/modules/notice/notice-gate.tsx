import "./notice-gate.css";
import type { WorkspaceView } from "@atelier/contract";
import { Button, Icon } from "@atelier/ui";
import { type ReactNode, useState } from "react";
import { strings } from "../../strings/en.ts";
import { recordingKind } from "../header/recording-kind.ts";

const words = strings.gate;
const keyOf = (workspace: WorkspaceView): string => `atelier.notice.${workspace.workspaceId}`;

/** What was agreed to; another answer than now means that it is asked again. */
const textOf = ({ recording, llm }: WorkspaceView): string =>
  `${recordingKind(recording)},${llm === undefined ? "no-model" : llm.provider}`;

const isKnown = (workspace: WorkspaceView): boolean => {
  try {
    return localStorage.getItem(keyOf(workspace)) === textOf(workspace);
  } catch {
    return false;
  }
};

export interface NoticeGateState {
  readonly isOpen: boolean;
  accept(): void;
}

/** Whether the student has read what is recorded here; once a workspace, and again when that changes. */
export const useNoticeGate = (workspace: WorkspaceView | undefined): NoticeGateState => {
  const [accepted, setAccepted] = useState<string>();
  const text = workspace === undefined ? undefined : textOf(workspace);
  return {
    isOpen: workspace !== undefined && workspace.role === "student" && accepted !== text && !isKnown(workspace),
    accept: () => {
      if (workspace === undefined || text === undefined) return;
      setAccepted(text);
      try {
        localStorage.setItem(keyOf(workspace), text);
      } catch {
        // Then it is asked again after a reload.
      }
    },
  };
};

export interface NoticeGateProps {
  readonly workspace: WorkspaceView;
  readonly onAccept: () => void;
}

/** Stands before the first prompt: what is recorded, where it is kept, who sees it, and for how long. */
export const NoticeGate = ({ workspace, onAccept }: NoticeGateProps): ReactNode => {
  const kind = recordingKind(workspace.recording);
  const until = workspace.retainUntil ?? workspace.deadline;
  const rows: readonly (readonly [string, string])[] = [
    [words.what, words.recorded[kind]],
    [words.where, words.place],
    [words.who, words.people],
    [words.howLong, until === undefined ? words.untilRemoved : words.until(new Date(until).toLocaleString())],
    ...(workspace.llm === undefined ? [] : [[words.model, words.modelText(workspace.llm.provider)] as const]),
    ...(workspace.workshop.privileged ? [[words.rights, strings.header.privileged] as const] : []),
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="gate" tabIndex={0} role="region" aria-labelledby="gate-title">
      <div className="gate__card">
        <span className="gate__mark">
          <Icon name={kind === "none" ? "info" : "record"} size={22} />
        </span>
        <h2 id="gate-title">{words.title}</h2>
        <dl>
          {rows.map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <Button look="primary" icon="terminal" onPress={onAccept}>
          {words.accept}
        </Button>
      </div>
    </div>
  );
};
