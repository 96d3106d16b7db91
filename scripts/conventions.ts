import { blankText } from "./source/blank-text.ts";
import { isCode, isTestCode, lineAt, listFiles, readSource, type SourceFile } from "./source/source-files.ts";

/** A place that breaks a rule of the house which neither compiler nor linter can see. */
export interface Breach {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

type Rule = (file: SourceFile, code: string) => readonly Breach[];

const maxLines = 600;

const fileLength: Rule = ({ path, text }) => {
  const lines = text.split("\n").length - 1;
  return lines > maxLines
    ? [{ file: path, line: maxLines, message: `${lines} lines; split a file above ${maxLines}.` }]
    : [];
};

const vagueNames = /(^|[/-])(utils?|helpers?|common|misc|shared)([.-]|\/|$)/;

const names: Rule = ({ path }) => {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const breaches: Breach[] = [];
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)+$/.test(name))
    breaches.push({ file: path, line: 1, message: `${name} is not kebab-case.` });
  if (vagueNames.test(path))
    breaches.push({
      file: path,
      line: 1,
      message: "is named for nothing it knows (utils, helpers, common, misc, shared).",
    });
  return breaches;
};

/** Every match of a pattern in the code, with what to say about it. */
const matches =
  (pattern: RegExp, message: string): Rule =>
  ({ path }, code) =>
    [...code.matchAll(pattern)].map((match) => ({ file: path, line: lineAt(code, match.index), message }));

const impure = matches(
  /\bDate\.now\b|\bnew Date\b\s*(?:\(\s*\)|(?!\s*\())|\bMath\.random\b|\bperformance\.now\b|\bcrypto\.(?:randomUUID|getRandomValues)\b/g,
  "time, randomness and ids come in as parameters in pure packages.",
);

const purity: Rule = (file, code) =>
  /^packages\/(domain|contract)\/src\//.test(file.path) && !isTestCode(file.path) ? impure(file, code) : [];

// Put together here, so that this file does not break its own rule.
const unfinishedWords = new RegExp(
  `\\b(?:${["TO" + "DO", "FIX" + "ME", "X" + "XX"].join("|")})\\b|coming ${"soon"}`,
  "g",
);
const unfinished: Rule = ({ path, text }) =>
  [...text.matchAll(unfinishedWords)].map((match) => ({
    file: path,
    line: lineAt(text, match.index),
    message: `"${match[0]}": finish it, or open an issue.`,
  }));

const focusedTests: Rule = (file, code) =>
  isTestCode(file.path)
    ? matches(/\b(?:test|it|describe|suite)\.only\b|\bonly:\s*true/g, "a focused test hides all others.")(file, code)
    : [];

const codeRules: readonly Rule[] = [fileLength, names, purity, unfinished, focusedTests];

const lockedRegistry: Rule = ({ path, text }) =>
  [...text.matchAll(/"resolved":\s*"https?:/g)].map((match) => ({
    file: path,
    line: lineAt(text, match.index),
    message: "a lock file names no registry: npm install with omit-lockfile-registry-resolved=true (.npmrc).",
  }));

/** Every breach in a list of files. Pure. */
export const findBreaches = (files: readonly SourceFile[]): readonly Breach[] =>
  files.flatMap((file) => {
    if (file.path.endsWith("package-lock.json")) return lockedRegistry(file, "");
    if (!isCode(file.path)) return [];
    const code = blankText(file.text);
    return codeRules.flatMap((rule) => rule(file, code));
  });

/** Every breach in the repository as it stands on disk. */
export const checkConventions = (): readonly Breach[] =>
  findBreaches(
    listFiles()
      .filter((path) => isCode(path) || path.endsWith("package-lock.json"))
      .map(readSource),
  );
