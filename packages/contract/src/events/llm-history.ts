import { z } from "zod";
import { recordBaseSchema } from "../jsonl/record.ts";

export const helpLevelSchema = z.enum(["hints", "explain", "solve"]);

/**
 * How an exchange with the model ended. `answered`: completely; `shortened`: at the most that an answer
 * may have; `cut`: the provider's stream broke off; `failed`: no answer, see `cause`; `cancelled`: the
 * student did not wait, or the workspace was stopped.
 */
export const exchangeOutcomeSchema = z.enum(["answered", "shortened", "cut", "failed", "cancelled"]);
export type ExchangeOutcome = z.infer<typeof exchangeOutcomeSchema>;

/** Exactly what goes to the provider besides the name of the model and limits. */
export const llmMessagesSchema = z.object({ system: z.string(), message: z.string() });
export type LlmMessages = z.infer<typeof llmMessagesSchema>;

/** One exchange of `llm-history.jsonl`, written when it has ended, however it ended. */
export const llmExchangeSchema = recordBaseSchema.extend({
  type: z.literal("exchange"),
  id: z.string(),
  step: z.string(),
  level: helpLevelSchema,
  /** After redaction, as everything here. */
  question: z.string(),
  provider: z.enum(["anthropic", "openai-compatible"]),
  model: z.string(),
  sent: llmMessagesSchema,
  answer: z.string(),
  outcome: exchangeOutcomeSchema,
  /** Code and words for `cut` and `failed`. */
  code: z.string().optional(),
  cause: z.string().optional(),
  startedAt: z.iso.datetime({ precision: 3 }),
  durationMs: z.number(),
  /** Tokens; `estimated` when the provider did not say. */
  usage: z.object({ input: z.number(), output: z.number(), estimated: z.boolean() }),
  /** US dollars, by the template's prices. */
  cost: z.number(),
  truncated: z.boolean().optional(),
});
export type LlmExchange = z.infer<typeof llmExchangeSchema>;

/** The message of a question: the material with the question behind it. The page shows it by the same words. */
export const messageWithQuestion = (material: string, question: string): string =>
  `${material}\n\nThe student asks:\n${question}`;
