import { readFileSync } from "node:fs";
import { createRandom, type Random } from "@atelier/testkit";

const lines = (name: string): readonly string[] =>
  readFileSync(new URL(`cases/${name}.txt`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replaceAll("HACK", "window.hacked=1"));

type Wrap = (payload: string, random: Random) => string;

/** Places of a page in which an author, or who wrote into an author's text, might put it. */
const wraps: readonly Wrap[] = [
  (payload) => payload,
  (payload) => `Text before ${payload} and behind.`,
  (payload) => `# ${payload}`,
  (payload) => `- ${payload}\n\n  ${payload}`,
  (payload) => `> ${payload}\n> ${payload}`,
  (payload) => `| ${payload.replaceAll("|", "\\|")} | b |\n| --- | --- |\n| ${payload} | \`${payload}\` |`,
  (payload) => `\`\`\`html\n${payload}\n\`\`\``,
  (payload) => `\`\`\`${payload.replaceAll("`", "")}\nx\n\`\`\``,
  (payload) => `~~~bash {terminal=${payload.replaceAll(" ", "")} interrupt}\nx\n~~~`,
  (payload) => `~~~sh save="${payload.replaceAll('"', "'")}"\nx\n~~~`,
  (payload) => `\`\`\`quiz\nid: ${payload}\n\`\`\``,
  (payload) => `\`\`\`quiz\nid: x"><script>window.hacked=1</script>\nquestion: ${payload}\n\`\`\``,
  (payload) => `\`\`\`mermaid\ngraph TD; a["${payload}"]; click a "javascript:window.hacked=1"\n\`\`\``,
  (payload) => `> [!HINT] ${payload}\n> ${payload}`,
  (payload) => `> [!WARNING]\n> ${payload}`,
  (payload) => `[${payload}](https://example.org/ "${payload.replaceAll('"', '\\"')}")`,
  (payload) => `![${payload}](x.png "${payload.replaceAll('"', "'")}")`,
  (payload) => `:file[${payload.replaceAll("]", "")}:1]`,
  (payload) => `{{ ${payload} }} {{ workspace }} ${payload}`,
  (payload) => `${"> ".repeat(40)}${payload}`,
  (payload) => `${"- ".repeat(40)}${payload}`,
  (payload) => `${"[".repeat(500)}${payload}${"](x)".repeat(500)}`,
  (payload) => `${"**".repeat(300)}${payload}${"**".repeat(300)}`,
  (payload) => `<b>${"<div>".repeat(600)}${payload}`,
];

/** Small changes after which a browser may read what a filter does not. */
const mutations: readonly ((payload: string, random: Random) => string)[] = [
  (payload) => payload,
  (payload, random) => insert(payload, "\u0000", random),
  (payload, random) => insert(payload, random.pick(["\t", "\n", "\u000c", "\u200b", "\u00ad", "\ufeff"]), random),
  (payload) => payload.replace(/[a-z]/g, (letter, index: number) => (index % 2 ? letter.toUpperCase() : letter)),
  (payload) => payload.replace(/(\w+)=/g, "$1\t=\n"),
  (payload) => payload.replace(/</g, "<\u0000").concat(payload),
  (payload) => `<svg><p>${payload}`,
  (payload) => `<math><mtext>${payload}`,
  (payload) => `<table><tr>${payload}`,
  (payload) => `<select><option>${payload}`,
  (payload) => `<noscript>${payload}`,
  (payload) => `<svg></p><style>${payload}</style>`,
  (payload) => `<template>${payload}</template>${payload}`,
  (payload) => `<details class="hint" data-hint=1><summary>${payload}</summary>${payload}</details>`,
  (payload) => payload.repeat(30),
];

const insert = (text: string, what: string, random: Random): string => {
  const at = random.below(text.length);
  return text.slice(0, at) + what + text.slice(at);
};

/** All the payloads: markup, and addresses of links. */
export const hostileLines = (): readonly string[] => [...lines("hostile-markup"), ...lines("hostile-links")];

/** Pages for the server's renderer: every payload in four places, the same for the same seed. */
export const hostileMarkdown = (seed: number): readonly string[] => {
  const random = createRandom(seed);
  return hostileLines().flatMap((payload, index) =>
    [0, 1, 2, 3].map((round) => (wraps[(index * 4 + round) % wraps.length] as Wrap)(payload, random)),
  );
};

/** HTML as it would come if the renderer let everything through: for the browser's sanitiser alone. */
export const hostileHtml = (seed: number): readonly string[] => {
  const random = createRandom(seed);
  return lines("hostile-markup").flatMap((payload) => [
    payload,
    random.pick(mutations)(payload, random),
    random.pick(mutations)(random.pick(mutations)(payload, random), random),
  ]);
};
