/** What a student has: the image they stand on, and their own files by path. */
export interface Standing {
  readonly image: string;
  readonly files: ReadonlyMap<string, string>;
}

export type Move =
  | { readonly kind: "next" | "goto" | "reset" | "solve"; readonly step: string }
  | { readonly kind: "undo" }
  | { readonly kind: "restore"; readonly checkpoint: string };

/**
 * The rules of moves and of what is saved, written down a second time and without any of the product's code: what
 * a student must have after any sequence of moves, and every saved state that must still be there. For workshops
 * that are `free`, whose `next` swaps, and whose steps change none of the student's files.
 */
export interface MovesModel {
  readonly here: Standing;
  /** Where a move leads; undefined: nowhere, it is refused. `here` itself: nothing is replaced. */
  target(move: Move): Standing | undefined;
  write(path: string, text: string): void;
  remove(path: string): void;
  /**
   * The student left for there. Undo leads back from now on.
   * @param saved ids of the states that were saved on leaving, oldest first; they hold what was here until now
   */
  left(to: Standing, saved: readonly string[]): void;
  /** The student stays, and this was saved meanwhile. */
  kept(saved: readonly string[]): void;
  /** What a saved state holds; undefined of one that nobody was told of. */
  saved(checkpoint: string): Standing | undefined;
  /** Ids of the newest so many saved states, oldest first. */
  newest(count: number): readonly string[];
}

/** @param images `start` and the steps, in order */
export const createMovesModel = (images: readonly string[]): MovesModel => {
  let here: Standing = { image: images[0] ?? "start", files: new Map() };
  let back: Standing | undefined;
  const all = new Map<string, Standing>();
  const before = (step: string): string => images[images.indexOf(step) - 1] ?? "start";
  const clean = (image: string): Standing => ({ image, files: new Map() });
  const keep = (saved: readonly string[]): void => {
    for (const id of saved) all.set(id, here);
  };
  const change = (edit: (files: Map<string, string>) => void): void => {
    const files = new Map(here.files);
    edit(files);
    here = { image: here.image, files };
  };
  return {
    get here() {
      return here;
    },
    target: (move) => {
      switch (move.kind) {
        case "next":
          return move.step === here.image ? here : { image: move.step, files: here.files };
        case "goto":
          return before(move.step) === here.image ? here : clean(before(move.step));
        case "reset":
          return clean(before(move.step));
        case "solve":
          return clean(move.step);
        case "undo":
          return back;
        case "restore":
          return all.get(move.checkpoint);
      }
    },
    write: (path, text) => change((files) => files.set(path, text)),
    remove: (path) => change((files) => files.delete(path)),
    left: (to, saved) => {
      keep(saved);
      back = here;
      here = to;
    },
    kept: keep,
    saved: (checkpoint) => all.get(checkpoint),
    newest: (count) => [...all.keys()].slice(-count),
  };
};
