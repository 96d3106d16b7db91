import { writeFileSync } from "node:fs";

/** Above that of the server (0), so that the kernel ends a student's program first when memory is short. */
const studentScore = 500;

/** Marks a process that was just started for the student, and with it everything that it will start. */
export const preferAsVictim = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(studentScore));
  } catch {
    // It has ended already, or this is a machine without that file.
  }
};
