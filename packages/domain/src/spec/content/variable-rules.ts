import {
  type ContentVariable,
  contentVariables,
  previewPort,
  workspaceVariable,
} from "../../content-variables/content-variables.ts";
import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft } from "../draft.ts";
import { error, warning } from "../report.ts";
import { suggest } from "../suggest.ts";
import type { Page } from "./markdown.ts";

type Parameters = NonNullable<NonNullable<Draft["workshop"]["workshop"]>["parameters"]>;

/** Variables of a page: parameters, what students fill in, and what is built in. */
export function* checkVariables(
  page: Page,
  parameters: Parameters | undefined,
  variables: readonly ({ readonly name?: string | undefined } | undefined)[] = [],
): Iterable<Diagnostic> {
  const secret = new Map((parameters ?? []).map((own) => [own?.name, own?.secret === true]));
  const known = [...secret.keys(), ...variables.map((own) => own?.name), workspaceVariable].filter(
    (name) => name !== undefined,
  );
  for (const variable of contentVariables(page.file.text)) {
    const { name } = variable;
    if (secret.get(name) === true) yield ofSecret(page, variable);
    else if (!known.includes(name) && previewPort(name) === undefined) yield* unknown(page, variable, known);
  }
}

const ofSecret = (page: Page, { name, offset }: ContentVariable): Diagnostic =>
  error({
    code: "secret-in-content",
    path: "",
    at: page.file.at(offset),
    message: `The parameter "${name}" is secret, so its value is never shown in a page.`,
    remedy: `Write $${name} in a command: the shell knows it.`,
  });

/** In code braces may be another language's: there only what is nearly right is reported. */
function* unknown(page: Page, { name, offset }: ContentVariable, known: readonly string[]): Iterable<Diagnostic> {
  const isPreview = /^previews?\./i.test(name);
  const meant = isPreview ? undefined : suggest(name, known);
  const isProse = page.prose.startsWith("{{", offset);
  if (!isProse && meant === undefined && !isPreview) return;
  yield warning({
    code: "unknown-variable",
    path: "",
    at: page.file.at(offset),
    message: `There is no parameter or variable "${name}", so {{ ${name} }} is shown as it stands here.`,
    remedy: isPreview
      ? "Name a port, as in {{ preview.8000 }}."
      : meant === undefined
        ? "Add it to workshop.parameters or workshop.variables, or put a backslash before the braces if they are meant."
        : `Did you mean {{ ${meant} }}? If the braces are meant, put a backslash before them.`,
  });
}
