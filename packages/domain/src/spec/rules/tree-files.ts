import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft } from "../draft.ts";
import { error, warning } from "../report.ts";
import type { SourceEntry } from "../source-tree.ts";
import { nameOf, parentOf } from "../tree/tree-view.ts";

const top = (file: string): NonNullable<Diagnostic["at"]> => ({ file, line: 1, column: 1 });
const largeBytes = 10_000_000;

/** Files that are read as text; their reader says when they are too large. */
const isFormatFile = (path: string): boolean =>
  /^(?:workshop\.yaml|(?:intro|finish)\.md|steps\/[^/]+\/(?:step\.yaml|goss\.yaml|(?:content|hints|explain|solve)\.md))$/.test(
    path,
  );

type File = Extract<SourceEntry, { kind: "file" }>;

function* files({ tree }: Draft): Iterable<readonly [string, File]> {
  for (const [path, entry] of tree.entries) if (entry.kind === "file") yield [path, entry];
}

export function* linksAndSpecials({ tree }: Draft): Iterable<Diagnostic> {
  for (const [path, entry] of tree.entries) {
    if (entry.kind === "special")
      yield error({
        code: "special-file",
        path: "",
        at: top(path),
        message: `${path} is a pipe, a socket or a device.`,
        remedy: "Remove it, or make it in a command or onStart.",
      });
    if (entry.kind === "link" && entry.resolved === undefined)
      yield error({
        code: "broken-link",
        path: "",
        at: top(path),
        message: `${path} is a symbolic link to "${entry.target}", which does not exist or lies outside the workshop.`,
        remedy: "Replace the link by the file itself.",
      });
  }
}

export function* largeFiles(draft: Draft): Iterable<Diagnostic> {
  for (const [path, { size }] of files(draft))
    if (size >= largeBytes && !isFormatFile(path))
      yield warning({
        code: "file-too-large",
        path: "",
        at: top(path),
        message: `${path} is ${Math.round(size / 1e6)} MB large and may end up in every image.`,
        remedy: "Fetch it in a command, make it smaller, or name it in .atelierignore.",
      });
}

export function* lfsPointers(draft: Draft): Iterable<Diagnostic> {
  for (const [path, { bytes }] of files(draft))
    if (startsWith(bytes, "version https://git-lfs.github.com/spec/"))
      yield error({
        code: "git-lfs-pointer",
        path: "",
        at: top(path),
        message: `${path} is a Git LFS pointer, not the file itself.`,
        remedy: "Fetch the content with: git lfs pull",
      });
}

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  bytes.length >= text.length && [...text].every((char, index) => bytes[index] === char.charCodeAt(0));

const bom = "\u00ef\u00bb\u00bf";
const hasShebang = (bytes: Uint8Array): boolean => startsWith(bytes, "#!");
const isScript = (path: string, bytes: Uint8Array): boolean => hasShebang(bytes) || /\.(?:sh|bash|zsh)$/.test(path);

/** Line of the first CR before an LF, or undefined. */
const crlfLine = (bytes: Uint8Array): number | undefined => {
  let line = 1;
  for (const [index, byte] of bytes.entries()) {
    if (byte !== 0x0a) continue;
    if (bytes[index - 1] === 0x0d) return line;
    line++;
  }
  return undefined;
};

export function* crlfScripts(draft: Draft): Iterable<Diagnostic> {
  for (const [path, { bytes }] of files(draft)) {
    const line = isScript(path, bytes) ? crlfLine(bytes) : undefined;
    if (line !== undefined)
      yield error({
        code: "crlf-script",
        path: "",
        at: { file: path, line, column: 1 },
        message: `${path} is a script with Windows line ends (CR LF), which Linux cannot run.`,
        remedy: `Convert it with: sed -i 's/\\r$//' ${path}`,
      });
  }
}

/** Pages and YAML are looked at when they are read; here the scripts, where the mark breaks the shebang. */
export function* marksBeforeShebang(draft: Draft): Iterable<Diagnostic> {
  for (const [path, { bytes }] of files(draft))
    if (startsWith(bytes, `${bom}#!`))
      yield error({
        code: "byte-order-mark",
        path: "",
        at: top(path),
        message: `${path} begins with a byte order mark, so Linux does not see its shebang.`,
        remedy: 'Save the file as "UTF-8" without a byte order mark.',
      });
}

export function* missingExecBits(draft: Draft): Iterable<Diagnostic> {
  for (const [path, { bytes, executable }] of files(draft))
    if (!executable && hasShebang(bytes))
      yield warning({
        code: "missing-exec-bit",
        path: "",
        at: top(path),
        message: `${path} has a shebang but is not executable. In the image it becomes 0755 by rule, unless files[].mode says otherwise.`,
        remedy: `Run: chmod +x ${path}`,
      });
}

export function* caseCollisions({ tree }: Draft): Iterable<Diagnostic> {
  const seen = new Map<string, string>();
  for (const path of [...tree.entries.keys()].sort()) {
    const key = `${parentOf(path)}/${nameOf(path).normalize("NFC").toLowerCase()}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, path);
    else
      yield warning({
        code: "case-collision",
        path: "",
        at: top(path),
        message: `${path} and ${nameOf(first)} differ only by case; on macOS and Windows they are one file.`,
        remedy: "Rename one of the two.",
      });
  }
}
