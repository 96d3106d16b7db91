import { linesBeforeDiagram } from "@atelier/domain";

/** A mistake in the source of a diagram. */
export interface DiagramFault {
  /** Counted from 1, as the author sees them; absent when mermaid does not say. */
  readonly line?: number;
  /** What stands there. */
  readonly text: string;
}

/** The source with its comments as blank lines: mermaid would take them out with their line breaks, and then count wrongly. */
export const keepLines = (source: string): string =>
  source.replaceAll("\r\n", "\n").replace(/^[^\S\n]*%%(?!\{).*$/gm, "");

/** What an error of mermaid's says of where the mistake is. */
export const faultOf = (error: unknown, source: string): DiagramFault => {
  const message = error instanceof Error ? error.message : String(error);
  const found = /\bline:? (\d+)/i.exec(message)?.[1];
  if (found === undefined) return { text: "" };
  // Mermaid begins to count where the diagram begins.
  const line = Number(found) + linesBeforeDiagram(source);
  const text = source.split(/\r?\n/)[line - 1]?.trim() ?? "";
  return { line, text: text.length > 60 ? `${text.slice(0, 59)}…` : text };
};
