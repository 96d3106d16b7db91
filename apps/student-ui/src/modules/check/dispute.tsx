import "./dispute.css";
import type { DisputeView } from "@atelier/contract";
import { Button, Icon } from "@atelier/ui";
import { type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { useSession } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { useOffers } from "../palette/offers.ts";

const words = strings.dispute;
const maxNote = 2000;

/** “This check is wrong”: what the student says about it becomes a file for them to keep or to hand on. */
export const Dispute = ({ step }: { readonly step: string }): ReactNode => {
  const session = useSession();
  const [isOpen, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [made, setMade] = useState<DisputeView>();
  const field = useId();
  const area = useRef<HTMLTextAreaElement>(null);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setMade(await session.dispute(step, note.trim()));
    setBusy(false);
  };

  const open = (): void => {
    setOpen(true);
    requestAnimationFrame(() => area.current?.focus());
  };
  useOffers(
    made !== undefined || isOpen
      ? []
      : [{ id: "dispute", title: words.open, group: strings.palette.groups.step, inText: true, run: open }],
  );
  if (made !== undefined) return <Evidence made={made} onAgain={() => setMade(undefined)} />;
  if (!isOpen)
    return (
      <p className="dispute">
        <Button look="quiet" size="small" onPress={open}>
          {words.open}
        </Button>
      </p>
    );
  return (
    <form className="dispute" onSubmit={submit}>
      <label htmlFor={field}>{words.note}</label>
      <textarea
        id={field}
        ref={area}
        rows={3}
        maxLength={maxNote}
        value={note}
        placeholder={words.placeholder}
        onChange={({ target }) => setNote(target.value)}
      />
      <p className="dispute__says">{words.holds}</p>
      <div className="dispute__actions">
        <Button look="primary" size="small" type="submit" isPending={isBusy}>
          {words.make}
        </Button>
        <Button look="quiet" size="small" onPress={() => setOpen(false)}>
          {strings.request.cancel}
        </Button>
      </div>
    </form>
  );
};

const Evidence = ({ made, onAgain }: { readonly made: DisputeView; readonly onAgain: () => void }): ReactNode => (
  <div className="dispute" role="status">
    <p className="dispute__says">{words.made}</p>
    <ul className="dispute__links">
      <li>
        <a href={made.path} download={made.fileName}>
          <Icon name="down" size={14} /> {words.download(Math.max(1, Math.round(made.bytes / 1024)))}
        </a>
      </li>
      {made.feedbackUrl !== undefined && /^https?:\/\//.test(made.feedbackUrl) && (
        <li>
          <a href={made.feedbackUrl} target="_blank" rel="noreferrer noopener">
            <Icon name="forward" size={14} /> {words.feedback(new URL(made.feedbackUrl).host)}
          </a>
        </li>
      )}
    </ul>
    <p className="dispute__says">
      {made.feedbackUrl === undefined ? words.nobodyNamed : words.handOn} {words.notSent}
    </p>
    <Button look="quiet" size="small" onPress={onAgain}>
      {words.again}
    </Button>
  </div>
);
