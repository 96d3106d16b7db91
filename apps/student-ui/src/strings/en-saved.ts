import type { CheckpointView, LeavingView, ReplacedFile, ReplacedView } from "@atelier/contract";

const undoButtons: Readonly<Record<string, string>> = {
  next: "Undo going on…",
  goto: "Undo the move…",
  reset: "Undo starting over…",
  solve: "Undo solving…",
  undo: "Undo the undo…",
  restore: "Undo bringing back…",
};

/** Part of the catalogue in `en.ts`: saved states, and files that a step replaced. */
export const savedStrings = {
  close: "Close",
  loading: "Looking…",
  failed: "Your saved files could not be looked at",
  notBrought: (paths: readonly string[]) =>
    `Not brought along: ${paths.slice(0, 5).join("; ")}${paths.length > 5 ? " and more" : ""}.`,
  replaced: {
    notice: (count: number) =>
      count === 1
        ? "This step brought its own version of a file that you had changed."
        : `This step brought its own versions of ${count} files that you had changed.`,
    open: "Compare",
    title: "Replaced by the step",
    text: "You and the step changed these. The step's version is in place; yours is kept, and comes back by a click. Lines with + are yours, lines with - are the step's.",
    mine: {
      changed: "You changed it.",
      created: "You made it, and the step brings one, too.",
      deleted: "You deleted it.",
    } satisfies Record<ReplacedView["units"][number]["mine"], string>,
    sides: {
      text: "a text",
      binary: "no text",
      folder: "a folder",
      link: "a link",
      absent: "not there",
    } satisfies Record<ReplacedFile["mine"], string>,
    take: "Use mine",
    taken: "Your version is in place.",
    difference: (path: string) => `Difference of ${path}`,
    noText: (path: string, mine: string, image: string) => `${path}: yours is ${mine}, the step's is ${image}.`,
    more: (count: number) => `${count} more are not shown.`,
  },
  leaving: {
    loading: "Looking at what you have changed…",
    failed: "Your changes could not be listed. They are saved before the container is replaced.",
    nothing: "You have changed no file here.",
    /** Where the files do not come along. */
    saved: (count: number) =>
      count === 1
        ? "One file that is put aside, and that undo brings back:"
        : `${count} files that are put aside, and that undo brings back:`,
    /** Where they do. */
    along: (count: number) => (count === 1 ? "One file of yours comes along." : `${count} files of yours come along.`),
    changes: { new: "new", changed: "changed", deleted: "deleted" } satisfies Record<
      LeavingView["changed"][number]["change"],
      string
    >,
    unsaved: "Lost for good, since it cannot be saved:",
    jobs: "Programs that end:",
    more: (count: number) => `and ${count} more`,
    outside: (folders: readonly string[]) =>
      `What you changed outside ${folders.join(", ")} is not saved: installed packages, files in /tmp or /etc, for example.`,
  },
  undo: {
    /** Not after `next`, which nobody wants back at once. */
    hint: {
      goto: "Your workspace was moved.",
      reset: "The step was started over.",
      solve: "The step was solved for you.",
      undo: "The last move was undone.",
      restore: "A saved state was brought back.",
    } as Readonly<Record<string, string>>,
    otherHint: "Your workspace was replaced.",
    button: (reason: string) => undoButtons[reason] ?? "Undo the last move…",
  },
  states: {
    open: "Saved states…",
    title: "Saved states of your files",
    text: "Your files are saved before every move, and within half a minute while you work.",
    none: "Nothing was saved yet.",
    start: "the beginning",
    reasons: {
      swap: "Before moving on",
      stop: "Before stopping",
      auto: "While you worked",
      manual: "On request",
      undo: "Before undoing",
    } satisfies Record<CheckpointView["reason"], string>,
    detail: (reason: string, step: string, files: number) =>
      `${reason}, at “${step}”; ${files === 1 ? "one file differs" : `${files} files differ`} from the step's`,
    skipped: (paths: readonly string[]) =>
      `Not saved: ${paths.slice(0, 3).join("; ")}${paths.length > 3 ? " and more" : ""}`,
    restore: "Bring back",
    sure: "Replace my workspace with it",
    loses:
      "You get a clean workspace with these files. Running programs end. Your files of now are saved first, and undo brings them back.",
  },
} as const;
