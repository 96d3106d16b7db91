/**
 * `{{ name }}` in a page stands for a parameter's value, `{{ workspace }}` for the workspace's name, and
 * `{{ preview.8000 }}` for the address of that port. A backslash before it leaves it as it is. Names begin
 * with a letter, so that `{{ .Values.x }}` and `{{#if}}` of other template languages are none of ours.
 */
export interface ContentVariable {
  readonly name: string;
  /** Where its braces begin. */
  readonly offset: number;
}

const pattern = /(\\?)\{\{[ \t]{0,20}([A-Za-z_][A-Za-z0-9_]{0,99}(?:\.[A-Za-z0-9_]{1,100})?)[ \t]{0,20}\}\}/g;

/** Every variable that is not behind a backslash, known or not. */
export const contentVariables = (text: string): readonly ContentVariable[] =>
  [...text.matchAll(pattern)].flatMap((match) =>
    match[1] === "" ? [{ name: match[2] ?? "", offset: match.index }] : [],
  );

/** The text with values in it. What `lookUp` does not know stays as it was written. */
export const fillContent = (text: string, lookUp: (name: string) => string | undefined): string =>
  text.includes("{{")
    ? text.replace(pattern, (whole: string, backslash: string, name: string) =>
        backslash === "" ? (lookUp(name) ?? whole) : whole.slice(1),
      )
    : text;

export const workspaceVariable = "workspace";

/** The port of `preview.<port>`; undefined for every other name, and for what is no port. */
export const previewPort = (name: string): number | undefined => {
  const port = /^preview\.([1-9]\d{0,4})$/.exec(name)?.[1];
  return port === undefined || Number(port) > 65_535 ? undefined : Number(port);
};
