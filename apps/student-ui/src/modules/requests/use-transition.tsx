import { type ReactNode, useState } from "react";
import { useSession } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { Confirm } from "../overlays/overlays.tsx";

type Kind = keyof typeof strings.request.confirm;

/** Asks for a transition after saying what it takes away. The element must be rendered somewhere. */
export const useTransitionRequest = (): {
  readonly ask: (kind: Kind, step: string) => void;
  readonly dialog: ReactNode;
} => {
  const session = useSession();
  const [asked, setAsked] = useState<{ readonly kind: Kind; readonly step: string }>();
  const words = strings.request.confirm[asked?.kind ?? "next"];
  const answer = (yes: boolean): void => {
    if (yes && asked !== undefined) session.request(asked.kind, { step: asked.step });
    setAsked(undefined);
  };
  return {
    ask: (kind, step) => setAsked({ kind, step }),
    dialog: (
      <Confirm
        isOpen={asked !== undefined}
        title={words.title}
        text={words.text}
        button={words.button}
        danger={asked?.kind === "reset"}
        onAnswer={answer}
      />
    ),
  };
};
