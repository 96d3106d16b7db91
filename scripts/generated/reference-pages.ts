import { capabilitiesMarkdown, diagnosticCodes, templateKeysMarkdown } from "@atelier/domain";

const page = (title: string, lines: readonly string[]): string =>
  [`# ${title}`, "", "<!-- Made by npm run fix from the code; changes here are lost. -->", "", ...lines].join("\n");

/** `docs/reference/capabilities.md` */
export const capabilitiesPage = (): string =>
  page("Capabilities of the backends", [
    "What each backend can do, and since which version. Atelier decides by this table and by nothing else;",
    "`atelier capabilities --json` prints it as data. A template or workshop that asks for what its backend",
    "lacks is refused before anything starts. *not yet* is granted by design, but not done in this version:",
    "`atelier validate` warns of it, `atelier run` refuses it.",
    "",
    capabilitiesMarkdown(),
  ]);

/** `docs/reference/template.md` */
export const templatePage = (): string =>
  page("Keys of a WorkspaceTemplate", [
    "A template says how workspaces run; workshops never do. `atelier run --template <file>` takes one, and",
    "`atelier template show <file>` shows what holds for every key and where it comes from.",
    "",
    "```yaml",
    "apiVersion: atelier.dev/v1alpha1",
    "kind: WorkspaceTemplate",
    "metadata:",
    "  name: evening-class",
    "spec:",
    "  timezone: Europe/Zurich",
    "  resources:",
    "    container:",
    "      memory: 1Gi",
    "```",
    "",
    templateKeysMarkdown(),
  ]);

/** `docs/reference/diagnostics.md` */
export const diagnosticsPage = (): string =>
  page("Diagnostic codes", [
    "What `atelier validate` and every other command can find wrong with what was written. Codes are stable;",
    "`--json` gives each with file, line, column, path, message and remedy.",
    "",
    "| code | title | explanation |",
    "|---|---|---|",
    ...Object.entries(diagnosticCodes)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { title, explanation }]) => `| \`${code}\` | ${inCell(title)} | ${inCell(explanation)} |`),
    "",
  ]);

const inCell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
