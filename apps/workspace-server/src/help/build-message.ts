import { createHash } from "node:crypto";
import type { CheckView, CommandRecord } from "@atelier/contract";
import { type HelpDocument, shorten } from "./read-documents.ts";

export interface MessageParts {
  readonly title: string;
  /** Markdown of the step, parameters filled in. */
  readonly content: string;
  readonly authorContext: string | undefined;
  readonly documents: readonly HelpDocument[];
  readonly lastCheck: CheckView | undefined;
  /** Newest last. */
  readonly commands: readonly CommandRecord[];
  readonly redact: (text: string) => string;
}

const limits = { content: 12_000, authorContext: 4000, check: 4000, command: 400 } as const;

/** Name of the elements around material: not to be guessed from within it, and the same for the same material. */
export const tagOf = (parts: MessageParts): string =>
  `material-${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 10)}`;

/** What the model is given to look at, without the question. Everything in it is redacted. */
export const buildMaterial = (parts: MessageParts, tag: string): string => {
  const { redact } = parts;
  const element = (what: string, text: string): string => `<${tag} what="${what}">\n${text.trim()}\n</${tag}>`;
  // What is shortened first may end in the middle of a secret that nothing recognises any more.
  const part = (text: string, most: number): string => shorten(redact(text), most);
  const name = (text: string): string => text.replace(/["<>\s]+/g, " ");
  return [
    element(`step: ${name(redact(parts.title))}`, part(parts.content, limits.content)),
    ...(parts.authorContext === undefined
      ? []
      : [element("notes of the author", part(parts.authorContext, limits.authorContext))]),
    ...parts.documents.map((document) => element(`document ${name(redact(document.name))}`, redact(document.text))),
    element(
      "last check",
      parts.lastCheck === undefined ? "Not checked yet." : part(checkText(parts.lastCheck, redact), limits.check),
    ),
    element(
      "recent commands in the terminal",
      parts.commands.map((command) => redact(commandText(command, redact))).join("\n") || "None.",
    ),
  ].join("\n\n");
};

const checkText = ({ outcome, cause, assertions }: CheckView, redact: MessageParts["redact"]): string =>
  [
    `Outcome: ${outcome}${cause === undefined ? "" : `: ${cause}`}`,
    ...assertions.map(({ status, title, message, expected, found }) =>
      [
        `- ${status}: ${title}`,
        ...(status === "passed" || message === undefined ? [] : [`  hint of the author: ${message}`]),
        ...(status === "passed" || expected === undefined ? [] : [`  expected: ${redact(expected).slice(0, 300)}`]),
        ...(status === "passed" || found === undefined ? [] : [`  found: ${redact(found).slice(0, 300)}`]),
      ].join("\n"),
    ),
  ].join("\n");

const commandText = ({ command, cwd, exitCode }: CommandRecord, redact: MessageParts["redact"]): string =>
  `${cwd}$ ${shorten(redact(command), limits.command)}${exitCode === undefined || exitCode === 0 ? "" : `   # exit code ${exitCode}`}`;
