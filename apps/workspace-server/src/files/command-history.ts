import { commandRecordSchema, createLineDecoder } from "@atelier/contract";

/** The commands of a command log as a student reads them: when, how it ended, and what. Bad lines are passed over. */
export const commandHistory = (log: string): readonly string[] => {
  const decoder = createLineDecoder((value) => commandRecordSchema.safeParse(value).data);
  return decoder
    .push(log.endsWith("\n") ? log : `${log}\n`)
    .map(
      ({ startedAt, exitCode, command, cwd }) =>
        `${startedAt}  ${exitCode === undefined ? "?" : exitCode}  ${cwd}$ ${command.replaceAll("\n", "\n    ")}`,
    );
};
