const allowed =
  /^(language-[\w+#.-]+|admonition(-[\w-]+)?|note|tip|important|warning|caution|task|(contains-)?task-list(-[\w]+)*|hljs(-[\w-]+)?|tok-[\w-]+|footnote[\w-]*|table-[\w-]+)$/;

/**
 * The classes of a piece of content that survive: those that describe content. Classes of our own
 * page are dropped, so that a text cannot dress up as a button or a check result.
 */
export const allowedClasses = (value: string): string =>
  value
    .split(/\s+/)
    .filter((name) => allowed.test(name))
    .join(" ");
