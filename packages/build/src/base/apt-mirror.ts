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
    const match = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*(.*)$/.exec(line.replace(/#.*/, "").trim());
    if (match?.[1] && match[2] && isOverNetwork(match[1]))
      yield { uri: match[1], suites: [match[2]], components: words(match[3]) };
  }
};

const stanzaSources = function* (text: string): Generator<AptSource> {
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = new Map<string, string>();
    let last = "";
    for (const line of stanza.split("\n")) {
      if (line.startsWith("#")) continue;
      const field = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
      if (field?.[1]) {
        last = field[1].toLowerCase();
        fields.set(last, field[2] ?? "");
      } else if (/^\s+\S/.test(line)) fields.set(last, `${fields.get(last) ?? ""} ${line.trim()}`);
    }
    if (!words(fields.get("types")).includes("deb") || /^(no|false|0|off)$/i.test(fields.get("enabled") ?? ""))
      continue;
    for (const uri of words(fields.get("uris")).filter(isOverNetwork))
      yield { uri, suites: words(fields.get("suites")), components: words(fields.get("components")) };
  }
};

/** A disc or a folder of this machine is out of a container's reach. */
const isOverNetwork = (uri: string): boolean => /^https?:\/\//.test(uri);

const words = (text: string | undefined): string[] => (text ?? "").split(/\s+/).filter((word) => word !== "");

/**
 * The Debian archive among a machine's sources; its `dists/` holds all suites. Vendors publish under
 * Debian's suite names too (`stable main`, `bookworm main`), so an archive has to look like Debian's:
 * `<suite>-updates` beside the suite counts most, then an address that ends in `/debian`, then the
 * wanted suite itself. A bare `stable` without any of it is a vendor's.
 */
export const mirrorFor = (sources: readonly AptSource[], suite: string): string | undefined => {
  const likeness = ({ uri, suites }: AptSource): number => {
    const beside = sources.filter((source) => source.uri === uri).flatMap((source) => source.suites);
    return (
      (beside.some((name) => /-(updates|backports)$/.test(name)) ? 4 : 0) +
      (/\/debian\/?$/.test(uri) ? 2 : 0) +
      (suites.includes(suite) && !movingSuites.includes(suite) ? 1 : 0)
    );
  };
  return sources
    .filter(({ suites, components }) => components.includes("main") && suites.some((name) => isDebianSuite(name)))
    .map((source) => ({ uri: source.uri, likeness: likeness(source), suites: source.suites }))
    .filter(({ likeness, suites }) => likeness > 0 || suites.some((name) => codenames.includes(name)))
    .toSorted((a, b) => b.likeness - a.likeness)[0]?.uri;
};

/** The archive of security updates, when the machine has one. */
const securityMirror = (sources: readonly AptSource[]): string | undefined =>
  sources.find(
    ({ suites, components }) =>
      components.includes("main") &&
      suites.some((name) => name.endsWith("-security") && isDebianSuite(name.slice(0, -"-security".length))),
  )?.uri;

/**
 * `sources.list` of a Debian made here, from the archives that this machine uses itself; undefined when
 * it uses none.
 */
export const aptSourcesFor = (sources: readonly AptSource[], suite: string): string | undefined => {
  const mirror = mirrorFor(sources, suite);
  if (mirror === undefined) return undefined;
  const security = securityMirror(sources);
  return [
    `deb ${mirror} ${suite} main`,
    `deb ${mirror} ${suite}-updates main`,
    ...(security ? [`deb ${security} ${suite}-security main`] : []),
    "",
  ].join("\n");
};

const codenames = ["bullseye", "bookworm", "trixie", "forky", "sid"];
const movingSuites = ["oldstable", "stable", "testing", "unstable"];
const isDebianSuite = (name: string): boolean => codenames.includes(name) || movingSuites.includes(name);
