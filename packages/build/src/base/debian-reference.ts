const suites: Readonly<Record<string, string>> = {
  latest: "bookworm",
  stable: "bookworm",
  "11": "bullseye",
  bullseye: "bullseye",
  "12": "bookworm",
  bookworm: "bookworm",
  "13": "trixie",
  trixie: "trixie",
};

/** The Debian suite a reference such as `debian:12-slim` stands for; undefined for anything else. */
export const debianSuiteOf = (reference: string): string | undefined => {
  const match = /^(?:docker\.io\/)?(?:library\/)?debian(?::([a-z0-9.]+?)(?:\.\d+)?(?:-slim|-backports)?)?$/.exec(
    reference,
  );
  return match ? suites[match[1] ?? "latest"] : undefined;
};
