/** The smallest valid workshop of two steps. A case says only in what it differs. */
export const baseWorkshop: Readonly<Record<string, string>> = {
  "workshop.yaml": [
    "version: v1",
    "workshop:",
    "  name: demo",
    '  version: "1.0"',
    "  title: Demo",
    "base:",
    "  image: debian:12",
    "steps:",
    "  - one",
    "  - two",
    "",
  ].join("\n"),
  "steps/one/step.yaml": "title: One\n",
  "steps/one/content.md": "# One\n\nDo it.\n",
  "steps/two/step.yaml": "title: Two\n",
  "steps/two/content.md": "# Two\n\nDo that.\n",
};
