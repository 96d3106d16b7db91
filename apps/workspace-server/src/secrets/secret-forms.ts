/** A shorter value would take every other word away. */
export const shortestSecret = 4;
/** A shorter line of a value of several lines stands in too many texts by chance. */
const shortestLine = 8;
/** Of a value of several lines that is longer than this its lines are known, and not the whole. */
const longestWhole = 1000;
/** Shorter pieces of base64 are words, too. */
const shortestPiece = 8;
/** Where programs wrap base64: MIME (`base64`) and PEM (`openssl base64`). */
const wrapWidths = [76, 64];

/**
 * The ways in which values may stand in a text, each once. What is not among them, such as hexadecimal, is listed
 * in `docs/reference/recording-and-command-log.md`.
 */
export const secretForms = (secrets: readonly string[]): readonly string[] => [
  ...new Set(secrets.flatMap(formsOf).filter(({ length }) => length >= shortestSecret)),
];

const formsOf = (secret: string): readonly string[] => {
  // What ends a file's last line belongs to the file.
  const value = secret.toWellFormed().replace(/[\r\n]+$/, "");
  const lines = value.split(/\r\n|\r|\n/);
  if (lines.length === 1) return [...textForms(value), ...base64Forms(value)];
  const wholes = ["\n", "\r\n", "\r"].map((end) => lines.join(end));
  return [
    ...(value.length > longestWhole ? [] : wholes.flatMap(textForms)),
    ...lines
      .map((line) => line.trim())
      .filter((line) => line.length >= shortestLine && !isFrame(line))
      .flatMap(textForms),
    // What a line end more or less changes is only the last character.
    ...[...new Set([value, lines.join("\n")])].flatMap(base64Forms),
  ];
};

/** `-----BEGIN PRIVATE KEY-----`: the same in every such file. */
const isFrame = (line: string): boolean => /^-{5}(?:BEGIN|END) [^-]+-{5}$/.test(line);

/** As it is, and as JSON, shells and URLs write it. */
const textForms = (value: string): readonly string[] => {
  const json = JSON.stringify(value).slice(1, -1);
  return [
    value,
    json,
    // Go and others escape what HTML could take for its own.
    json.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
    value.replaceAll("'", "'\\''"),
    value.replace(/["$`\\]/g, "\\$&"),
    value.replace(/['\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t"),
    value.replace(/[^\w%+,./:=@-]/g, "\\$&"),
    ...urlForms(value),
  ];
};

const urlForms = (value: string): readonly string[] => {
  const browser = encodeURIComponent(value);
  // RFC 3986 reserves these as well.
  const strict = browser.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return [browser, strict, strict.replaceAll("%2F", "/"), strict.replaceAll("%20", "+")].flatMap((form) => [
    form,
    form.replace(/%../g, (code) => code.toLowerCase()),
  ]);
};

/** In both alphabets: alone, wrapped, and what is the same wherever it stands within something longer. */
const base64Forms = (value: string): readonly string[] => {
  const bytes = Buffer.from(value);
  const alone = bytes.toString("base64");
  const bare = alone.replaceAll("=", "");
  const within = [0, 1, 2]
    .map((before) => {
      const whole = Buffer.concat([Buffer.alloc(before), bytes]);
      // A character stands for six bits: those that are shared with what is before or after tell nothing of it.
      return whole.toString("base64").slice(Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6));
    })
    .filter(({ length }) => length >= shortestPiece);
  const wrapped = wrapWidths
    .filter((width) => alone.length > width)
    .flatMap((width) => alone.match(new RegExp(`.{1,${width}}`, "g")) ?? [])
    .filter(({ length }) => length >= shortestPiece);
  return [alone, bare, ...within, ...wrapped].flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
};
