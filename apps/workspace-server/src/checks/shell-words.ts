/** One word for a POSIX shell. */
export const quote = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A command that exports the variables whose names a shell knows; the others cannot be. */
export const exportsOf = (environment: Readonly<Record<string, string>>): string => {
  const words = Object.entries(environment)
    .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map(([name, value]) => `${name}=${quote(value)}`);
  return `export ${words.join(" ")}`;
};
