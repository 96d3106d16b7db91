import { z } from "zod";

/** Settings of the supervisor's process, read in `main.ts` only. */
export const supervisorConfigSchema = z.object({
  /** Seconds without a running workspace and without an order after which it ends. */
  ATELIER_SUPERVISOR_IDLE: z.coerce.number().positive().default(600),
  /** Seconds between two looks at the clock. */
  ATELIER_SUPERVISOR_TICK: z.coerce.number().positive().default(5),
  /** Seconds for the first look at everything, which no command waits for any longer. */
  ATELIER_SUPERVISOR_FIRST_LOOK: z.coerce.number().positive().default(15),
  /** Seconds after a student's arrival in which the machine is theirs; then what is likely next is prepared. */
  ATELIER_PREPARE_AFTER: z.coerce.number().nonnegative().default(1),
});
export type SupervisorConfig = z.infer<typeof supervisorConfigSchema>;
