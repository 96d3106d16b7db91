/**
 * The words that a diagram may begin with, as mermaid's one-file build knows them. A test in a browser holds
 * each to what that build draws.
 */
export const diagramWords: readonly string[] = [
  ...["flowchart", "graph", "sequenceDiagram", "classDiagram", "classDiagram-v2", "stateDiagram", "stateDiagram-v2"],
  ...["erDiagram", "requirement", "requirementDiagram", "gantt", "timeline", "journey", "gitGraph", "kanban", "pie"],
  ...["quadrantChart", "xychart", "xychart-beta", "sankey", "sankey-beta", "radar-beta", "treemap", "treemap-beta"],
  ...["block", "block-beta", "packet", "packet-beta", "eventmodeling", "ishikawa", "ishikawa-beta", "treeView-beta"],
  ...["venn-beta", "wardley-beta", "usecase-beta", "swimlane-beta", "cynefin-beta", "agentflow-beta"],
  ...["railroad-beta", "railroad-abnf-beta", "railroad-ebnf-beta", "railroad-peg-beta"],
  ...["C4Context", "C4Container", "C4Component", "C4Dynamic", "C4Deployment"],
];

/** Settings in front of a diagram: `---`, lines, `---`. */
const frontMatter = /^\s*---[^\S\n]*\n[\s\S]*?\n---[^\S\n]*(?:\n|$)/;
const directive = /^[^\S\n]*%%\{[\s\S]*?\}%%[^\S\n]*$/gm;
const comment = /^[^\S\n]*%%(?!\{).*$/gm;

const blank = (text: string): string => text.replace(/[^\n]/g, "");

/** The source without settings and comments; every line that is left keeps its number. */
export const bareDiagram = (source: string): string =>
  source.replaceAll("\r\n", "\n").replace(frontMatter, blank).replace(directive, blank).replace(comment, "");

/** How many lines stand in front of a diagram: settings, comments and blank ones. */
export const linesBeforeDiagram = (source: string): number =>
  (/^\s*(?=\S)/.exec(bareDiagram(source))?.[0] ?? "").split("\n").length - 1;

/** The first word of a diagram, which says what kind it is; "" when it has none. */
export const diagramWord = (source: string): string => /^\s*(\w[\w-]*)/.exec(bareDiagram(source))?.[1] ?? "";
