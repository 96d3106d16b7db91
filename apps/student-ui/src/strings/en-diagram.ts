/** Part of the catalogue in `en.ts`: diagrams in texts. */
export const diagramStrings = {
  name: "diagram",
  drawing: "Drawing the diagram…",
  showSource: "Show source",
  alt: (description: string, kind: string) => `Diagram: ${description === "" ? kind : description}`,
  broken: "This diagram cannot be drawn; here is its source.",
  brokenAt: (line: number, text: string) =>
    `This diagram cannot be drawn: there is a mistake in line ${line}${text === "" ? "" : `, “${text}”`}. Here is its source.`,
  unfetched: "The drawing program could not be fetched; here is the diagram's source.",
} as const;
