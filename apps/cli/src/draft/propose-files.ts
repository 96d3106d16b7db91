import { type ChangedPaths, parentOf } from "./changed-paths.ts";
import { type GossDraft, type GossResource, matching, shellWord } from "./goss-draft.ts";
import type { Entry, Machine } from "./machine.ts";

export interface FilesInput {
  readonly changed: ChangedPaths;
  readonly before: Machine;
  readonly after: Machine;
  readonly textsBefore: Readonly<Record<string, string>>;
  readonly textsAfter: Readonly<Record<string, string>>;
  /** The student's name and home. */
  readonly student: { readonly name: string; readonly home: string };
}

/** More than this reads nobody; what the student's home holds comes first. */
const mostFiles = 12;
const mostLines = 6;
const mostChars = 600;
const longestLine = 160;

/** Proposals for files and folders. Pure. */
export const proposeFiles = (input: FilesInput): GossDraft => {
  const { changed, after } = input;
  const parents = new Set(changed.added.map(parentOf));
  const added = changed.added
    // A folder that is there because a file is in it says nothing of its own.
    .filter((path) => after.entries[path]?.type !== "directory" || !parents.has(path) || isPrivate(after.entries[path]))
    .slice(0, mostFiles)
    .map((path) => [path, addedResource(path, input)] as const);
  const touched = changed.touched
    .map((path) => [path, touchedResource(path, input)] as const)
    .filter((pair): pair is readonly [string, GossResource] => pair[1] !== undefined)
    .slice(0, mostFiles);
  const removed = changed.removed.slice(0, mostFiles).map((path): readonly [string, GossResource] => [
    path,
    {
      title: `${shown(path, input)} is gone`,
      meta: { message: `${shown(path, input)} is still there.` },
      exists: false,
    },
  ]);
  const programs = changed.added
    .filter((path) => after.entries[path]?.type === "file" && ((after.entries[path]?.mode ?? 0) & 0o111) !== 0)
    .slice(0, mostFiles)
    .map((path): readonly [string, GossResource] => [
      `${shown(path, input)} can be run`,
      {
        title: `${shown(path, input)} can be run`,
        meta: { message: `Make it executable: chmod +x ${shown(path, input)}` },
        exec: `test -x ${shellWord(shown(path, input))}`,
        "exit-status": 0,
      },
    ]);
  const file = Object.fromEntries([...added, ...touched, ...removed]);
  return {
    ...(Object.keys(file).length === 0 ? {} : { file }),
    ...(programs.length === 0 ? {} : { command: Object.fromEntries(programs) }),
  };
};

const isPrivate = (entry: Entry | undefined): boolean => entry !== undefined && (entry.mode & 0o077) === 0;

/** As a student would write it. */
const shown = (path: string, { student }: Pick<FilesInput, "student">): string =>
  path.startsWith(`${student.home}/`) ? `~${path.slice(student.home.length)}` : path;

const addedResource = (path: string, input: FilesInput): GossResource => {
  const entry = input.after.entries[path];
  const name = shown(path, input);
  const lines = entry?.type === "file" ? allLines(input.textsAfter[path]) : [];
  const kind = entry?.type === "directory" ? "folder" : entry?.type === "link" ? "link" : "file";
  return {
    title: `the ${kind} ${name} is there${lines.length > 0 ? " and holds what it should" : ""}`,
    meta: { message: `There is no ${kind} ${name}${lines.length > 0 ? ", or something else is in it" : ""}.` },
    exists: true,
    ...(entry?.type === "directory"
      ? { filetype: "directory" }
      : entry?.type === "link"
        ? { filetype: "symlink" }
        : {}),
    ...(isPrivate(entry) && entry?.type !== "link" ? { mode: octal(entry?.mode ?? 0) } : {}),
    ...ownerOf(path, entry, input),
    ...(lines.length === 0 ? {} : { contents: lines.map(matching) }),
  };
};

/** Said only where it is not what everybody expects. */
const ownerOf = (path: string, entry: Entry | undefined, { student, after }: FilesInput): { owner?: string } => {
  const expected = path.startsWith(`${student.home}/`) ? student.name : "root";
  const owner = Object.entries(after.users).find(([, uid]) => uid === entry?.uid)?.[0];
  return owner === undefined || owner === expected ? {} : { owner };
};

const touchedResource = (path: string, input: FilesInput): GossResource | undefined => {
  const [old, entry] = [input.before.entries[path], input.after.entries[path]];
  if (old === undefined || entry === undefined) return undefined;
  const asserted: Record<string, unknown> = {};
  if (old.mode !== entry.mode && entry.type !== "link") asserted["mode"] = octal(entry.mode);
  const nameOf = (uid: number): string | undefined =>
    Object.entries(input.after.users).find(([, number]) => number === uid)?.[0];
  if (old.uid !== entry.uid && nameOf(entry.uid) !== undefined) asserted["owner"] = nameOf(entry.uid);
  if (entry.type === "file") Object.assign(asserted, newContents(path, input));
  if (Object.keys(asserted).length === 0) return undefined;
  const name = shown(path, input);
  return {
    title: `${name} is as it should be`,
    meta: { message: `Look at ${name}: ${wrongWith(asserted)}.` },
    exists: true,
    ...asserted,
  };
};

const wrongWith = (asserted: Readonly<Record<string, unknown>>): string =>
  [
    ...("mode" in asserted ? ["its permissions (ls -l)"] : []),
    ...("owner" in asserted ? ["its owner (ls -l)"] : []),
    ...("contents" in asserted || "size" in asserted ? ["what is in it"] : []),
  ].join(", ");

const newContents = (path: string, input: FilesInput): { contents?: readonly string[]; size?: number } => {
  const [old, text] = [input.textsBefore[path], input.textsAfter[path]];
  if (old === undefined || text === undefined) {
    const [a, b] = [input.before.entries[path]?.size, input.after.entries[path]?.size];
    return a !== b && b !== undefined ? { size: b } : {};
  }
  if (old === text) return {};
  const [was, is] = [new Set(usable(old)), new Set(usable(text))];
  const lines = usable(text)
    .filter((line) => !was.has(line))
    .slice(0, 3)
    .map(matching);
  const dropped = usable(old)
    .filter((line) => !is.has(line) && !text.includes(line))
    .slice(0, 3);
  if (lines.length > 0) return { contents: lines };
  return dropped.length > 0 ? { contents: dropped.map((line) => `!${line}`) } : {};
};

/** Every line of a short text; of a longer one none, since there are many right ways to write it. */
const allLines = (text: string | undefined): readonly string[] => {
  if (text === undefined || text.length > mostChars || text.startsWith("#!")) return [];
  const lines = usable(text);
  return lines.length <= mostLines ? lines : [];
};

/** Lines that say something and say the same next time. */
const usable = (text: string): readonly string[] => [
  ...new Set(
    text
      .split("\n")
      .map((line) => line.trim())
      .filter(
        (line) =>
          line.length > 0 &&
          line.length <= longestLine &&
          !line.includes("{{") &&
          !/[0-9a-f]{16,}|\d{2}:\d{2}:\d{2}/i.test(line),
      ),
  ),
];

const octal = (mode: number): string => `0${mode.toString(8)}`;
