import { z } from "zod";
import { duration, owner, port, text } from "./scalars.ts";

/** How to tell that a background command is there: exactly one of the three. */
const ready = () =>
  z
    .strictObject({
      port: port().optional().describe("A TCP port that accepts connections on localhost."),
      file: text().optional().describe("A file that exists."),
      command: text().optional().describe("A command that exits with 0."),
    })
    .describe("When the command counts as started: exactly one of port, file, command.");

export const startCommandSchema = z
  .strictObject({
    run: text().describe("A shell command. It runs at every start of a container, so it has to be repeatable."),
    user: owner().optional().describe("Who runs it; default root."),
    background: z.boolean().optional().describe("Keeps running (a daemon); default false."),
    ready: ready().optional(),
    timeout: duration().optional().describe("How long it may take to finish or to become ready; default 30s."),
  })
  .describe("A command run by the workspace server whenever a container starts.");
