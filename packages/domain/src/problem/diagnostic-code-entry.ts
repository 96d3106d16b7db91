/** What a code means, for the manual. `title` is a noun phrase; `explanation` one or two sentences. */
export interface DiagnosticCodeEntry {
  readonly title: string;
  readonly explanation: string;
}
