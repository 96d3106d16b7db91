import { z } from "zod";
import { duration, environment, fileMode, imagePath, label, owner, secretName, sourcePath, text } from "./scalars.ts";
import { startCommandSchema } from "./start-command-schema.ts";

const fileSchema = z
  .strictObject({
    source: sourcePath().describe("A file or folder inside the step's folder, such as files/app.py."),
    target: imagePath().describe(
      "Where it goes in the image: absolute, or ~/ for the student's home. A file whose target ends in a slash keeps its name.",
    ),
    mode: fileMode()
      .optional()
      .describe('Octal permissions in quotes; default "0644", "0755" for a script with a shebang.'),
    owner: owner().optional().describe("Default: the student in home and workdir, else root."),
  })
  .describe("A file or folder put into the step's image.");

const commandSchema = z
  .strictObject({
    run: text().describe("A shell command, run while the image is built."),
    user: owner().optional().describe("Default root."),
    cwd: imagePath().optional().describe("Default: the workshop's workdir."),
    secrets: z
      .array(secretName())
      .optional()
      .describe("Build secrets, readable at /run/secrets/<name> during this command."),
  })
  .describe("What brings the image into the completed state of this step.");

/** `step.yaml` as it is written. */
export const stepSchema = z
  .strictObject({
    title: text().describe("What people see."),
    group: text().optional().describe("Heading in the list of steps; not with linear navigation."),
    requires: z.array(label()).optional().describe("Steps to be done before this one; not with linear navigation."),
    duration: duration().optional().describe("How long it takes, such as 10m."),
    files: z.array(fileSchema).optional(),
    env: environment().optional().describe("Environment of this step's image and the ones after it."),
    commands: z.array(commandSchema).optional(),
    onStart: z.array(startCommandSchema).optional(),
    help: z
      .strictObject({ context: text().optional().describe("What the help should know about this step.") })
      .optional(),
    check: z
      .strictObject({
        user: owner().optional().describe("Who runs the commands of the check; default student."),
        auto: z
          .boolean()
          .optional()
          .describe("Whether the check runs by itself while the student works; default false."),
      })
      .optional()
      .describe("How goss.yaml is run."),
  })
  .describe("A step of an Atelier workshop. Its image is the state in which the step is done.");

export type StepInput = z.infer<typeof stepSchema>;
