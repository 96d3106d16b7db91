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
  const element = (what: string, text: string): string => `<${tag} what="${what}">\n${redact(text).trim()}\n</${tag}>`;
  const name = (text: string): string => text.replace(/["<>\s]+/g, " ");
  return [
    element(`step: ${name(parts.title)}`, shorten(parts.content, limits.content)),
    ...(parts.authorContext === undefined
      ? []
      : [element("notes of the author", shorten(parts.authorContext, limits.authorContext))]),
    ...parts.documents.map((document) => element(`document ${name(document.name)}`, document.text)),
    element(
      "last check",
      parts.lastCheck === undefined ? "Not checked yet." : shorten(checkText(parts.lastCheck), limits.check),
    ),
    element("recent commands in the terminal", parts.commands.map(commandText).join("\n") || "None."),
  ].join("\n\n");
};

const checkText = ({ outcome, cause, assertions }: CheckView): string =>
  [
    `Outcome: ${outcome}${cause === undefined ? "" : `: ${cause}`}`,
    ...assertions.map(({ status, title, message, expected, found }) =>
      [
        `- ${status}: ${title}`,
        ...(status === "passed" || message === undefined ? [] : [`  hint of the author: ${message}`]),
        ...(status === "passed" || expected === undefined ? [] : [`  expected: ${expected.slice(0, 300)}`]),
        ...(status === "passed" || found === undefined ? [] : [`  found: ${found.slice(0, 300)}`]),
      ].join("\n"),
    ),
  ].join("\n");

const commandText = ({ command, cwd, exitCode }: CommandRecord): string =>
  `${cwd}$ ${shorten(command, limits.command)}${exitCode === undefined || exitCode === 0 ? "" : `   # exit code ${exitCode}`}`;
