/** One place the machine's apt gets Debian from. */
export interface AptSource {
  /** Base address of the archive, as apt has it. */
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/**
 * Reads apt's sources, one-line and deb822 alike. Only binary sources (`deb`); comments, options and
 * disabled stanzas are passed over.
 */
export const parseAptSources = (text: string): readonly AptSource[] => [
  ...oneLineSources(text),
  ...stanzaSources(text),
];

const oneLineSources = function* (text: string): Generator<AptSource> {
  for (const line of text.split("\n")) {
    const match = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*(.*)$/.exec(line.trim());
    if (match?.[1] && match[2]) yield { uri: match[1], suites: [match[2]], components: words(match[3]) };
  }
};

const stanzaSources = function* (text: string): Generator<AptSource> {
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = new Map<string, string>();
    let last = "";
    for (const line of stanza.split("\n")) {
      const field = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
      if (field?.[1]) {
        last = field[1].toLowerCase();
        fields.set(last, field[2] ?? "");
      } else if (/^\s+\S/.test(line)) fields.set(last, `${fields.get(last) ?? ""} ${line.trim()}`);
    }
    if (!words(fields.get("types")).includes("deb") || fields.get("enabled") === "no") continue;
    for (const uri of words(fields.get("uris")))
      yield { uri, suites: words(fields.get("suites")), components: words(fields.get("components")) };
  }
};

const words = (text: string | undefined): string[] => (text ?? "").split(/\s+/).filter((word) => word !== "");

/**
 * The archive that carries a suite's `main`: among the machine's sources the one for the suite itself,
 * else any plain Debian archive (its `dists/` holds all suites). Security and third-party archives,
 * whose suites are named otherwise, do not count.
 */
export const mirrorFor = (sources: readonly AptSource[], suite: string): string | undefined => {
  const debian = sources.filter(
    ({ suites, components }) => components.includes("main") && suites.some((name) => debianSuites.includes(name)),
  );
  return (debian.find(({ suites }) => suites.includes(suite)) ?? debian[0])?.uri;
};

export const debianSuites = ["bullseye", "bookworm", "trixie", "forky", "sid", "stable", "testing", "unstable"];
