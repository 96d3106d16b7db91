import type { LeavingView, WorkspaceView } from "@atelier/contract";
import { type ReactNode, useRef, useState } from "react";
import { useSession, useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { Confirm } from "../overlays/overlays.tsx";
import { staysInPlace } from "./stays-in-place.ts";
import { WhatIsLeft } from "./what-is-left.tsx";

type Kind = Exclude<keyof typeof strings.request.confirm, "stay">;
interface Asked {
  readonly kind: Kind;
  /** Absent: `undo`, which knows its way. */
  readonly step?: string;
}

const staying = (asked: Asked | undefined, workspace: WorkspaceView | undefined, image: string | undefined): boolean =>
  asked !== undefined && workspace !== undefined && image !== undefined && staysInPlace(asked, workspace, image);

/** Asks for a transition after saying what it takes away. The element must be rendered somewhere. */
export const useTransitionRequest = (): {
  readonly ask: (kind: Kind, step?: string) => void;
  readonly dialog: ReactNode;
} => {
  const session = useSession();
  const { workspace } = useStudent();
  const [asked, setAsked] = useState<Asked>();
  const [left, setLeft] = useState<LeavingView | null>();
  const asking = useRef(0);
  const stays = staying(asked, workspace, left?.image);
  const words = strings.request.confirm[stays ? "stay" : (asked?.kind ?? "next")];
  const answer = (yes: boolean): void => {
    // Who read what runs in the terminals need not be asked about it a second time.
    const confirmed = (left?.jobs.length ?? 0) > 0 && !stays;
    if (yes && asked !== undefined)
      session.request(asked.kind, {
        ...(asked.step === undefined ? {} : { step: asked.step }),
        ...(confirmed ? { confirmed } : {}),
      });
    asking.current++;
    setAsked(undefined);
  };
  const ask = (kind: Kind, step?: string): void => {
    const turn = ++asking.current;
    setLeft(undefined);
    const move = { kind, ...(step === undefined ? {} : { step }) };
    setAsked(move);
    session
      .leaving(kind === "undo" ? undefined : { ...move, kind })
      .then((view) => turn === asking.current && setLeft(view ?? null));
  };
  return {
    ask,
    dialog: (
      <Confirm
        isOpen={asked !== undefined}
        title={words.title}
        text={words.text}
        button={words.button}
        danger={asked?.kind === "reset"}
        onAnswer={answer}
      >
        {!stays && <WhatIsLeft view={left} filesComeAlong={asked?.kind === "next"} />}
      </Confirm>
    ),
  };
};
