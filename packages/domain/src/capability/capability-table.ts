import { capabilities } from "./capabilities.ts";
import { type Backend, backends, type Capability } from "./capability.ts";

const cell = (entry: Capability, backend: Backend): string => {
  const note = backend === "docker" ? entry.dockerNote : entry.kubernetesNote;
  return note === "" ? entry[backend] : `${entry[backend]}: ${note}`;
};

const since = (entry: Capability, backend: Backend): string =>
  entry[backend] === "no" ? "–" : (entry.availableIn[backend] ?? "not yet");

/** The matrix as a Markdown table, for the manual and for `atelier capabilities`. */
export const capabilitiesMarkdown = (): string =>
  [
    "| capability | id | docker | since | kubernetes | since |",
    "|---|---|---|---|---|---|",
    ...capabilities.map((entry) => {
      const cells = backends.flatMap((backend) => [cell(entry, backend), since(entry, backend)]);
      return `| ${[entry.title, `\`${entry.id}\``, ...cells].join(" | ")} |`;
    }),
    "",
  ].join("\n");
