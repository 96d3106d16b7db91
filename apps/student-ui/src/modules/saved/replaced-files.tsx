import type { ReplacedView } from "@atelier/contract";
import { Button } from "@atelier/ui";
import { type ReactNode, useEffect, useState } from "react";
import { useSession } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { SavedDialog } from "./saved-dialog.tsx";

const words = strings.saved.replaced;
type Unit = ReplacedView["units"][number];

const Difference = ({ file }: { readonly file: Unit["files"][number] }): ReactNode =>
  file.diff === undefined ? (
    <p className="saved__detail">{words.noText(file.path, words.sides[file.mine], words.sides[file.image])}</p>
  ) : (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long difference has to be scrolled by keyboard, too.
    <pre className="saved__diff" role="group" tabIndex={0} aria-label={words.difference(file.path)}>
      {file.diff.map(({ kind, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and never move.
        <span key={index} data-kind={kind}>
          {kind === "mine" ? "+ " : kind === "image" ? "- " : "  "}
          {text}
        </span>
      ))}
    </pre>
  );

/** What both the step and the student had changed: both versions, and one's own back by a click. */
const ReplacedFiles = ({ onClose }: { readonly onClose: () => void }): ReactNode => {
  const session = useSession();
  const [view, setView] = useState<ReplacedView>();
  const [busy, setBusy] = useState<string>();
  useEffect(() => {
    let isWanted = true;
    session.replaced().then((found) => isWanted && setView(found ?? { units: [] }));
    return () => {
      isWanted = false;
    };
  }, [session]);
  const take = async (unit: string): Promise<void> => {
    setBusy(unit);
    setView((await session.takeReplaced(unit)) ?? view);
    setBusy(undefined);
  };
  return (
    <SavedDialog title={words.title} text={words.text} onClose={onClose}>
      {view === undefined ? (
        <p role="status">{strings.saved.loading}</p>
      ) : (
        <ul className="saved__list">
          {view.units.map((unit) => (
            <li key={unit.unit} className="saved__item">
              <div>
                <span className="saved__name">{unit.unit}</span>
                <p className="saved__detail">{unit.taken ? words.taken : words.mine[unit.mine]}</p>
              </div>
              {!unit.taken && (
                <Button size="small" isPending={busy === unit.unit} onPress={() => take(unit.unit)}>
                  {words.take}
                </Button>
              )}
              {!unit.taken && unit.files.map((file) => <Difference key={file.path} file={file} />)}
              {!unit.taken && unit.more > 0 && <p className="saved__detail">{words.more(unit.more)}</p>}
            </li>
          ))}
        </ul>
      )}
    </SavedDialog>
  );
};

export default ReplacedFiles;
