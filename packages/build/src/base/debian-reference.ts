/** Debian's releases, and what its moving names point at. */
const suites: Readonly<Record<string, string>> = {
  latest: "trixie",
  stable: "trixie",
  oldstable: "bookworm",
  "11": "bullseye",
  bullseye: "bullseye",
  "12": "bookworm",
  bookworm: "bookworm",
  "13": "trixie",
  trixie: "trixie",
};

/**
 * The Debian suite that a reference such as `debian:12-slim`, `debian:12.5` or
 * `debian:bookworm-20240110-slim` stands for; undefined for anything else.
 */
export const debianSuiteOf = (reference: string): string | undefined => {
  const match =
    /^(?:(?:index\.)?docker\.io\/)?(?:library\/)?debian(?::([a-z0-9]+)(?:\.\d+)?(?:-\d{8})?(?:-slim|-backports)?)?$/.exec(
      reference,
    );
  const name = match ? (match[1] ?? "latest") : "";
  return Object.hasOwn(suites, name) ? suites[name] : undefined;
};
