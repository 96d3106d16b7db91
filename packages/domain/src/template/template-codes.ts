import type { DiagnosticCodeEntry } from "../problem/diagnostic-code-entry.ts";

/** Codes of templates, beside those of the workshop format that mean the same here. */
export const templateCodes = {
  "bad-cidr": {
    title: "Not a network",
    explanation:
      "Networks are an address and the length of the prefix (10.1.0.0/16); egress is internet, none or a list of them.",
  },
  "bad-timezone": {
    title: "Not a time zone",
    explanation: "Time zones are names of the IANA database such as UTC or Europe/Zurich.",
  },
  "help-incomplete": {
    title: "Help that cannot work",
    explanation: "A provider of help lacks its model, endpoint or key, or keys of help are written without a provider.",
  },
  "key-exposure": {
    title: "Key within reach of students",
    explanation:
      "A student with root rights could read the provider's key; the template has to accept that with help.acceptKeyExposure: true.",
  },
} as const satisfies Record<string, DiagnosticCodeEntry>;
