import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AtelierCli } from "@atelier/testkit";

/** Steps of the bench's workshop: each leaves a file in the home, and its check passes from the beginning. */
export const stepIds = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `s${String(index + 1).padStart(2, "0")}`);

/** Writes a workshop of so many small steps into the CLI's folder, on the base that `atelier init` chooses. */
export const writeBenchWorkshop = async (cli: AtelierCli, name: string, count: number): Promise<void> => {
  await cli.succeed("init", name);
  const made = await readFile(join(cli.folder, name, "workshop.yaml"), "utf8");
  const base = /^base:.*\n(?: .*\n)*/m.exec(made)?.[0] ?? "";
  const files: Record<string, string> = {
    [`${name}/.atelierignore`]: "steps/first-file\nsteps/greet\n",
    [`${name}/workshop.yaml`]: `version: v1
workshop:
  name: ${name}
  version: 1.0.0
  title: Swaps to measure
  navigation: free
${base}steps: [${stepIds(count).join(", ")}]
`,
    [`${name}-ahead.yaml`]: `apiVersion: atelier.dev/v1alpha1
kind: WorkspaceTemplate
metadata:
  name: ahead
spec:
  lifecycle:
    prewarm: next
`,
  };
  for (const id of stepIds(count)) {
    files[`${name}/steps/${id}/step.yaml`] =
      `title: ${id}\ncommands:\n  - run: echo ${id} > ~/made-by-${id}\n    user: student\n`;
    files[`${name}/steps/${id}/content.md`] = `# ${id}\n`;
    files[`${name}/steps/${id}/goss.yaml`] = "file:\n  /etc/passwd:\n    exists: true\n";
  }
  await cli.write(files);
};
