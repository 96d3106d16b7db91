/** How a diagram is drawn: the page's own colours and font. */
export interface DiagramLook {
  readonly isDark: boolean;
  /** Colours as `#rrggbb`, by the names of the page's tokens without their dashes. */
  readonly colours: Readonly<Record<Token, string>>;
  readonly font: string;
}

const tokens = [
  "surface",
  "surface-sunken",
  "ink",
  "ink-soft",
  "line-strong",
  "accent",
  "accent-wash",
  "good",
  "good-wash",
  "warn",
  "warn-wash",
  "bad",
  "bad-wash",
] as const;
type Token = (typeof tokens)[number];

/** `rgb(1, 2, 3)` as `#010203`: lists of colours are cut at commas. */
const hexOf = (colour: string): string =>
  `#${(colour.match(/\d+/g) ?? [])
    .slice(0, 3)
    .map((part) => Number(part).toString(16).padStart(2, "0"))
    .join("")}`;

const isDarkColour = (hex: string): boolean => {
  const value = Number.parseInt(hex.slice(1), 16);
  return (value >> 16) + ((value >> 8) & 255) + (value & 255) < 3 * 128;
};

/** The look of the page as it is now; `light-dark()` only has a value on an element, so one is asked. */
export const pageLook = (): DiagramLook => {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colourOf = (token: Token): string => {
    probe.style.color = `var(--${token})`;
    return hexOf(getComputedStyle(probe).color);
  };
  const colours = Object.fromEntries(tokens.map((token) => [token, colourOf(token)])) as Record<Token, string>;
  const font = getComputedStyle(document.body).fontFamily;
  probe.remove();
  return { isDark: isDarkColour(colours.surface), colours, font };
};

/** Mermaid's configuration for a look, with everything turned off that could reach beyond the drawing. */
export const mermaidConfig = ({ isDark, colours, font }: DiagramLook): object => ({
  startOnLoad: false,
  securityLevel: "strict",
  htmlLabels: false,
  flowchart: { htmlLabels: false },
  suppressErrorRendering: true,
  deterministicIds: true,
  maxTextSize: 20_000,
  maxEdges: 300,
  // What a source may not change by its own settings: the walls, the limits, and the page's look.
  secure: [
    ...["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "suppressErrorRendering"],
    ...["htmlLabels", "deterministicIds", "dompurifyConfig", "theme", "themeCSS", "themeVariables", "darkMode"],
    ...["fontFamily", "altFontFamily", "look"],
  ],
  look: "classic",
  theme: "base",
  darkMode: isDark,
  fontFamily: font,
  themeVariables: {
    darkMode: isDark,
    fontFamily: font,
    fontSize: "15px",
    useGradient: false,
    dropShadow: "none",
    background: colours.surface,
    primaryColor: colours["accent-wash"],
    primaryTextColor: colours.ink,
    primaryBorderColor: colours.accent,
    secondaryColor: colours["good-wash"],
    secondaryTextColor: colours.ink,
    secondaryBorderColor: colours.good,
    tertiaryColor: colours["surface-sunken"],
    tertiaryTextColor: colours.ink,
    tertiaryBorderColor: colours["line-strong"],
    noteBkgColor: colours["warn-wash"],
    noteTextColor: colours.ink,
    noteBorderColor: colours.warn,
    errorBkgColor: colours["bad-wash"],
    errorTextColor: colours.bad,
    lineColor: colours["ink-soft"],
    textColor: colours.ink,
    titleColor: colours.ink,
    edgeLabelBackground: colours.surface,
    clusterBkg: colours["surface-sunken"],
    clusterBorder: colours["line-strong"],
    pie1: colours["accent-wash"],
    pie2: colours["good-wash"],
    pie3: colours["warn-wash"],
    pie4: colours["bad-wash"],
    pieStrokeColor: colours["ink-soft"],
    pieOuterStrokeColor: colours["ink-soft"],
    xyChart: {
      backgroundColor: colours.surface,
      plotColorPalette: [colours.accent, colours.good, colours.warn, colours.bad].join(", "),
    },
  },
});
