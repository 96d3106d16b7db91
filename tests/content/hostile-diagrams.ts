import { hostileLines } from "./hostile-pages.ts";

type Wrap = (payload: string) => string;

const inLine = (payload: string): string => payload.replaceAll(/[\n\r]/g, " ");

/** Places of a diagram in which text, addresses and styles may stand; payloads come as they are. */
const wraps: readonly Wrap[] = [
  (payload) => `flowchart TD\n  a["${payload.replaceAll('"', "'")}"] -->|"${payload.replaceAll('"', "#quot;")}"| b`,
  (payload) => `flowchart TD\n  a --> b\n  click a "${payload.replaceAll('"', "")}" "tip" _top`,
  (payload) =>
    `flowchart TD\n  a --> b\n  click a href "javascript:window.hacked=1"\n  click b call window.alert("${payload.replaceAll('"', "")}")`,
  (payload) =>
    `flowchart TD\n  a:::x --> b\n  classDef x fill:url(https://evil.example/x),background:${payload}\n  style b fill:${payload}`,
  (payload) =>
    `flowchart TD\n  a@{ img: "https://evil.example/x.png", label: "${payload.replaceAll('"', "'")}" }\n  b@{ icon: "fa:user" }`,
  (payload) =>
    `%%{init: {"securityLevel": "loose", "htmlLabels": true, "themeCSS": "* { background: url(https://evil.example/) }", "flowchart": {"htmlLabels": true}}}%%\nflowchart TD\n  a["${payload.replaceAll('"', "'")}"]`,
  (payload) =>
    `---\ntitle: "${payload.replaceAll('"', "'")}"\nconfig:\n  securityLevel: loose\n  htmlLabels: true\n  fontFamily: "x;}*{background:url(https://evil.example/f)}"\n  themeVariables:\n    primaryColor: "red;}*{background:url(https://evil.example/v)}"\n---\nflowchart TD\n  a --> b`,
  (payload) =>
    `sequenceDiagram\n  accTitle: ${inLine(payload)}\n  accDescr: ${inLine(payload)}\n  participant A as ${inLine(payload)}\n  links A: {"x": "javascript:window.hacked=1"}\n  A->>A: ${inLine(payload)}\n  Note over A: ${inLine(payload)}`,
  (payload) =>
    `classDiagram\n  class A["${payload.replaceAll('"', "'")}"]{\n    +${inLine(payload)}\n  }\n  link A "https://evil.example/" "${payload.replaceAll('"', "'")}"`,
  (payload) =>
    `stateDiagram-v2\n  s: ${inLine(payload)}\n  [*] --> s : ${inLine(payload)}\n  note right of s\n    ${inLine(payload)}\n  end note`,
  (payload) =>
    `gantt\n  title ${inLine(payload)}\n  section ${inLine(payload)}\n  ${inLine(payload).replaceAll(":", "")} :a, 2024-01-01, 3d\n  click a href "javascript:window.hacked=1"`,
  (payload) => `pie title ${inLine(payload)}\n  "${payload.replaceAll('"', "'")}" : 3\n  "b" : 4`,
  (payload) =>
    `gitGraph\n  commit id: "${payload.replaceAll('"', "'")}" tag: "${payload.replaceAll('"', "'")}"\n  commit`,
  (payload) => `erDiagram\n  A["${payload.replaceAll('"', "'")}"] ||--o{ B : "${payload.replaceAll('"', "'")}"`,
  (payload) =>
    `C4Context\n  title ${inLine(payload)}\n  Person(a, "${payload.replaceAll('"', "'")}", "x", $sprite="https://evil.example/x.png", $link="javascript:window.hacked=1")`,
  (payload) => `timeline\n  title ${inLine(payload)}\n  2002 : ${inLine(payload)}`,
  (payload) => payload,
];

/** Sources for the drawing: every hostile piece of markup and every hostile link, each in one place or another. */
export const hostileDiagrams = (): readonly string[] =>
  hostileLines().map((payload, index) => (wraps[index % wraps.length] as Wrap)(payload));
