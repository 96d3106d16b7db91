import { z } from "zod";

/** Changes when a keeper and a build of different releases would not understand one another. */
export const keeperVersion = 2;

/** What a build, or a command about them, says first: one line of JSON. */
export const askSchema = z.discriminatedUnion("op", [
  /** `key`: the session it would open itself; another one is of no use to it. */
  z.object({ op: z.literal("use"), key: z.string() }),
  z.object({ op: z.literal("about") }),
  /** Ends the keeper, at once or when nobody uses it any more. */
  z.object({ op: z.literal("end"), isNow: z.boolean() }),
]);
export type Ask = z.output<typeof askSchema>;

/** Said by a build before it hangs up: objects of the session by what they are of. */
export const rememberSchema = z.object({ remember: z.record(z.string(), z.string()) });

const aboutSchema = z.object({ pid: z.number(), since: z.number(), users: z.number(), engine: z.string() });
export type KeeperAbout = z.output<typeof aboutSchema>;

export const answerSchema = z.discriminatedUnion("t", [
  z.object({ t: z.literal("use"), port: z.number(), token: z.string(), known: z.record(z.string(), z.string()) }),
  z.object({ t: z.literal("about"), about: aboutSchema }),
  /** Not this one: of another key, too old, or about to end. */
  z.object({ t: z.literal("no") }),
]);
export type Answer = z.output<typeof answerSchema>;

/** How a keeper is told over stdin what to hold. */
export const orderSchema = z.object({
  /** The socket. */
  file: z.string(),
  key: z.string(),
  cli: z.string(),
  runner: z.string().optional(),
});
export type KeeperOrder = z.output<typeof orderSchema>;

/** What it prints then, once: `place` when the socket cannot be had, `session` when there is no engine. */
export const startedSchema = z.discriminatedUnion("t", [
  z.object({ t: z.literal("ready") }),
  z.object({ t: z.literal("place"), message: z.string() }),
  z.object({ t: z.literal("session"), message: z.string() }),
]);
export type Started = z.output<typeof startedSchema>;

/** Who the socket is asked by in vain has nothing to wait for longer. */
export const socketName = "dagger-session.sock";

export const lineOf = (message: Ask | Answer | Started | KeeperOrder | z.output<typeof rememberSchema>): string =>
  `${JSON.stringify(message)}\n`;
