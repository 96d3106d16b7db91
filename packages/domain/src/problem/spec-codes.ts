import type { DiagnosticCodeEntry } from "./diagnostic-code-entry.ts";

/** Codes of the workshop format: YAML, the folder, steps, checks, content. */
export const specCodes = {
  // The text of a file
  "invalid-utf8": {
    title: "Not UTF-8",
    explanation:
      "A text file holds bytes that are not valid UTF-8; nothing in it can be trusted to read the same everywhere.",
  },
  "byte-order-mark": {
    title: "Byte order mark",
    explanation:
      "The file begins with U+FEFF. Readers differ in what they do with it; before a shebang it breaks the script.",
  },
  "file-too-large": {
    title: "File too large",
    explanation:
      "A file that is read as text (YAML up to 256 KiB, Markdown up to 1 MiB) is larger than that, or a file of 10 MB or more would weigh on every image.",
  },
  "yaml-syntax": { title: "Not valid YAML", explanation: "The file cannot be read as one YAML 1.2 document." },
  "yaml-tab": { title: "Tab as indentation", explanation: "YAML is indented with spaces only." },
  "yaml-tag": {
    title: "YAML tag",
    explanation: "Tags such as !!binary or !custom make values that have no place in a workshop.",
  },
  "yaml-key": { title: "Key that is no word", explanation: "A mapping key is a list, a mapping or an alias." },
  "yaml-aliases": {
    title: "Anchors that explode",
    explanation: "An alias contains itself, or aliases stand for more than 10,000 values.",
  },
  "yaml-depth": { title: "Nested too deeply", explanation: "The document is nested deeper than 64 levels." },
  "yaml-ambiguous": {
    title: "Word that YAML versions read differently",
    explanation:
      "Unquoted yes, no, on, off, 012, 1:30 and 1_000 mean one thing in YAML 1.2 and another in YAML 1.1, which other tools still read.",
  },
  "duplicate-key": {
    title: "Key written twice",
    explanation: "A mapping holds the same key twice; most readers silently keep only the last.",
  },
  // Shape
  "unknown-key": { title: "Unknown key", explanation: "The format has no such key at this place." },
  "missing-key": { title: "Missing key", explanation: "A key that the format requires is not there." },
  "wrong-type": {
    title: "Wrong kind of value",
    explanation: "The value is of another kind than the format says, or not one of the allowed words.",
  },
  "unknown-format-version": {
    title: "Unknown format version",
    explanation: "The version of the format (top of workshop.yaml) is not one that this Atelier reads.",
  },
  "template-key": {
    title: "Key that belongs to a template",
    explanation:
      "How workspaces run (lifecycle, isolation, resources, network, access, help providers) is said in a WorkspaceTemplate, never in a workshop.",
  },
  "bad-id": {
    title: "Not a valid id",
    explanation:
      "Ids become folder names, image tags and host names: small letters, digits and dashes, at most 63, no dash at either end.",
  },
  "bad-name": {
    title: "Not a valid name",
    explanation: "The name cannot be used for what it stands for (environment variable, parameter, secret).",
  },
  "bad-version": {
    title: "Not a valid version",
    explanation:
      "The version becomes part of an image tag and has to be text of letters, digits, dots, dashes and underscores.",
  },
  "bad-duration": {
    title: "Not a duration",
    explanation: "Durations are whole numbers with a unit: 90s, 45m, 1h30m, 2d.",
  },
  "bad-port": { title: "Not a port", explanation: "Ports are whole numbers from 1 to 65535." },
  "bad-image": { title: "Not an image reference", explanation: "The text cannot be the name of a container image." },
  "bad-mode": { title: "Not a file mode", explanation: "File modes are three or four octal digits in quotes." },
  "bad-quantity": {
    title: "Not a quantity",
    explanation: "Memory is written like 512Mi, cores like 0.5 or 500m, processes as a whole number.",
  },
  "bad-language": { title: "Not a language tag", explanation: "Languages are BCP 47 tags such as en or pt-BR." },
  "bad-url": { title: "Not a web address", explanation: "Only http and https addresses are accepted." },
  "bad-pattern": {
    title: "Not a regular expression",
    explanation: "The pattern of a parameter cannot be compiled (ECMAScript with the v flag).",
  },
  "relative-path": { title: "Relative path", explanation: "Places in an image are absolute or begin with ~/." },
  "reserved-path": {
    title: "Reserved place",
    explanation:
      "The path belongs to Atelier or to the kernel (/opt/atelier, /workshop, /run/atelier, /proc, /sys, /dev), leaves its root through .., or is the root itself.",
  },
  "exactly-one": { title: "Both or neither", explanation: "Of several keys exactly one has to be written." },
  // Steps
  "no-steps": { title: "No steps", explanation: "A workshop has at least one step." },
  "reserved-id": {
    title: "Reserved id",
    explanation: "start and latest mean something to Atelier and cannot name a step.",
  },
  "duplicate-id": {
    title: "Name used twice",
    explanation: "A step id, service, parameter or port stands twice in a list that needs them unique.",
  },
  "missing-step-folder": {
    title: "Step without a folder",
    explanation: "workshop.yaml lists a step that has no folder below steps/.",
  },
  "unlisted-step": {
    title: "Folder that is no step",
    explanation: "A folder below steps/ is not listed in workshop.yaml and will not be part of the workshop.",
  },
  "missing-file": {
    title: "Missing file",
    explanation: "A file that the format requires, or that a key names, does not exist.",
  },
  "unknown-file": {
    title: "File with an unknown name",
    explanation: "The name looks like a misspelt file of the format; it would be ignored.",
  },
  "requires-unknown": {
    title: "Requires an unknown step",
    explanation: "requires names a step that the workshop does not have.",
  },
  "requires-cycle": {
    title: "Steps that wait for each other",
    explanation: "Following requires leads back to the same step, so none of them could ever be opened.",
  },
  "linear-navigation": {
    title: "Meaningless with linear navigation",
    explanation: "group and requires order steps that can be chosen; linear navigation has one order only.",
  },
  "check-without-goss": {
    title: "Check without goss.yaml",
    explanation: "step.yaml says how the check runs, but there is no goss.yaml, so nothing is checked.",
  },
  "empty-llm-docs": {
    title: "Empty llm-docs",
    explanation: "The folder for documents of the help holds no file. Git does not keep it either.",
  },
  "log-not-tamper-evident": {
    title: "Student with root rights",
    explanation:
      "With user: root or sudo: true a student can change the command log, and a template with an LLM key needs help.acceptKeyExposure.",
  },
  // Files
  "source-escapes": {
    title: "Source outside its folder",
    explanation:
      "A path in the workshop leads out of the folder it belongs to, by .., by being absolute, or through a symbolic link.",
  },
  "broken-link": {
    title: "Symbolic link that leads nowhere",
    explanation: "A symbolic link points outside the workshop or at nothing.",
  },
  "link-to-folder": {
    title: "Symbolic link to a folder",
    explanation: "Below a source folder, links to files become those files; links to folders are not followed.",
  },
  "special-file": { title: "Not a file", explanation: "Pipes, sockets and devices cannot be part of a workshop." },
  "duplicate-target": {
    title: "Two files for one target",
    explanation: "Two entries of a step write the same path; the later silently wins.",
  },
  "root-owned-in-home": {
    title: "Root's file in the student's home",
    explanation:
      "A file in the home that the student does not own cannot be edited by them and disturbs saving and carry-over.",
  },
  "too-many-layers": {
    title: "More layers than an image can have",
    explanation:
      "Every command is a layer, and so are the files of a step without commands. The Docker engine stacks 125, of which the base and Atelier need some.",
  },
  "setuid-mode": {
    title: "Set-user-id bit",
    explanation: "Shells of students run without new privileges, so the bit does nothing or too much.",
  },
  "crlf-script": {
    title: "Windows line ends in a script",
    explanation:
      "The kernel looks for an interpreter whose name ends in a carriage return, and shells see it in every line.",
  },
  "missing-exec-bit": {
    title: "Script that is not executable",
    explanation:
      "The file has a shebang but no executable bit. In the image it gets 0755 by rule; in your folder it cannot be tried.",
  },
  "git-lfs-pointer": {
    title: "Git LFS pointer",
    explanation: "The file holds a pointer instead of its content, because Git LFS has not fetched it.",
  },
  "case-collision": {
    title: "Names that differ only by case",
    explanation: "On macOS and Windows the two are one file, and a clone there loses one of them.",
  },
  // Content
  "missing-image": {
    title: "Missing image",
    explanation: "A page shows a picture that does not exist in the workshop.",
  },
  "dead-link": { title: "Dead link", explanation: "A page links to a file or a heading that does not exist." },
  "not-shipped": {
    title: "Not part of the image",
    explanation: "A page links to a file outside assets/; only assets and pages are put into images.",
  },
  "unsafe-link": {
    title: "Link that will not work",
    explanation: "Addresses such as javascript:, data: and file: are removed when a page is shown.",
  },
  "unknown-variable": {
    title: "Unknown variable in a page",
    explanation: "{{ name }} stands for a parameter or something built in; an unknown one is shown as it is written.",
  },
  "secret-in-content": {
    title: "Secret in a page",
    explanation: "A page names a parameter that is secret; its value is never shown.",
  },
  "empty-content": { title: "Page without text", explanation: "A page of the workshop is empty." },
  "command-unavailable": {
    title: "Command that will not work",
    explanation:
      "A runnable block uses docker, systemctl, mount, iptables or (without sudo: true) sudo, which do not work in a student's container.",
  },
  "block-value": {
    title: "Wrong value on a code block",
    explanation:
      "A word behind the language of a code block lacks its value, has one that cannot be, or does not fit what the block does.",
  },
  "block-word": {
    title: "Unknown word on a code block",
    explanation: "A word behind the language of a code block has no meaning and is ignored.",
  },
  "diagram-kind": {
    title: "Diagram of no known kind",
    explanation:
      "A block of the language mermaid does not begin with a kind of diagram that the page draws; students would see its source.",
  },
  "quiz-answers": {
    title: "Quiz without a sound answer",
    explanation:
      "A quiz block has no right answer, more than its type allows, an id that is taken, or keys that do not go together.",
  },
  "quiz-place": {
    title: "Quiz where none is graded",
    explanation: "Questions are graded in content.md of a step only; elsewhere the block would show its answers.",
  },
  // Checks
  "goss-duplicate-type": {
    title: "Resource type twice in goss.yaml",
    explanation: "Goss keeps only the last block of a type: every assertion of the first silently disappears.",
  },
  "goss-unknown-type": {
    title: "Unknown Goss resource type",
    explanation: "Goss ignores a type that it does not know, so nothing would be checked.",
  },
  "goss-unknown-attribute": {
    title: "Unknown Goss attribute",
    explanation: "Goss ignores an attribute that it does not know, so it would not be checked.",
  },
  "goss-no-assertions": {
    title: "Check that asserts nothing",
    explanation: "The check, or a resource in it, has no assertion: it would always pass.",
  },
  "goss-empty-list": {
    title: "Empty list in goss.yaml",
    explanation: "An empty list (stdout: []) asserts nothing; an empty text in the list asserts empty output.",
  },
  "goss-include": {
    title: "Goss include",
    explanation: "gossfile: includes other files; only goss.yaml itself is put into images.",
  },
  "goss-shape": {
    title: "Wrong kind of value in goss.yaml",
    explanation: "Goss needs a mapping of resources under each type, and a mapping of attributes under each resource.",
  },
  "goss-student-writable-command": {
    title: "Root runs what the student can change",
    explanation:
      "With check.user: root a command of the check runs as root; in a place that the student can write to, the student decides what that is. So it runs in / and not in the workdir: what wants something from where it stands (`bash check.sh`, `npm test`, `make`, `git`) is told, too.",
  },
  "check-of-own-start": {
    title: "Check passes only through the step's own onStart",
    explanation:
      "What check N looks for is started only by onStart of step N, which runs on image N, not where the student works on step N; and no block of the step's texts names it.",
  },
} as const satisfies Record<string, DiagnosticCodeEntry>;
