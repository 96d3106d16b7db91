import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AtelierCli } from "@atelier/testkit";

/** Two short steps with a check, an editor and a page to preview. */
export const writeJourneyWorkshop = async (atelier: AtelierCli): Promise<void> => {
  await atelier.succeed("init", "journey");
  const made = await readFile(join(atelier.folder, "journey/workshop.yaml"), "utf8");
  const base = /^base:.*\n(?: .*\n)*/m.exec(made)?.[0] ?? "";
  await atelier.write({
    "journey/.atelierignore": "steps/first-file\nsteps/greet\n",
    "journey/workshop.yaml": `version: v1
workshop:
  name: journey
  version: 1.0.0
  title: A short journey
  editor: true
${base}steps: [pack, leave]
`,
    "journey/steps/pack/step.yaml": `title: Pack
commands:
  - run: mkdir -p ~/bag && echo map > ~/bag/map.txt
    user: student
`,
    "journey/steps/pack/content.md":
      "# Pack\n\nPut a map into your bag.\n\n```bash\nmkdir -p ~/bag && echo map > ~/bag/map.txt\n```\n",
    "journey/steps/pack/goss.yaml": `file:
  /home/student/bag/map.txt:
    title: The map is in the bag
    exists: true
`,
    "journey/steps/leave/step.yaml": `title: Leave
commands:
  - run: touch ~/left
    user: student
`,
    "journey/steps/leave/content.md": "# Leave\n\nOff you go.\n\n```bash\ntouch ~/left\n```\n",
    "journey/steps/leave/goss.yaml": "file:\n  /home/student/left:\n    exists: true\n",
  });
};
