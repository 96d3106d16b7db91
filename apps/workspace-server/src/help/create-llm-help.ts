import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type AskEvent,
  type BadLine,
  type CheckView,
  type CommandRecord,
  type LlmContextView,
  type LlmMessages,
  messageWithQuestion,
  type NewQuestion,
  type RuntimeConfig,
} from "@atelier/contract";
import { AppError, type HelpLevel } from "@atelier/domain";
import type { EventLog } from "../events/event-log.ts";
import { createRedactor } from "../recording/redact.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";
import { buildMaterial, type MessageParts, tagOf } from "./build-message.ts";
import { createHelpLimits, dearPrice, guessTokens } from "./limits.ts";
import { anthropicEndpoint } from "./llm/anthropic.ts";
import type { Deadlines, Llm, ProviderOptions } from "./llm/llm-port.ts";
import { openLlmHistory } from "./llm-history.ts";
import { systemPrompt } from "./prompts.ts";
import { readDocuments } from "./read-documents.ts";
import { runExchange } from "./run-exchange.ts";

export interface LlmHelpOptions {
  readonly config: RuntimeConfig["help"];
  readonly key: string;
  /** Values that must not leave: secret parameters. */
  readonly secrets: readonly string[];
  readonly loaded: LoadedWorkshop;
  /** The text of a page with parameters filled in. */
  readonly fill: (text: string) => string;
  readonly lastCheck: (step: string) => CheckView | undefined;
  readonly recentCommands: () => readonly CommandRecord[];
  readonly runtimeFolder: string;
  readonly events: Pick<EventLog, "append">;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly deadlines?: Deadlines;
}

/** Questions of the student, answered by the provider that the template names. */
export interface LlmHelp extends AsyncDisposable {
  readonly provider: string;
  readonly model: string;
  /** Lines of the history that were no exchanges. */
  readonly badLines: readonly BadLine[];
  context(step: string, level: HelpLevel): Promise<LlmContextView>;
  /**
   * Throws `AppError` `rate-limited` (with `retryAfterSeconds`), `spend-limit` or `ask-running` before
   * anything is sent. Once that is past it resolves; the events end with `end` and `done` follows.
   */
  ask(step: string, question: NewQuestion, options: AskOptions): Promise<{ readonly done: Promise<void> }>;
}

export interface AskOptions {
  /** The student does not wait any longer. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: AskEvent) => void;
}

const maxAnswerTokens = 1024;
const documentsBudget = 12_000;
const defaultDeadlines: Deadlines = { firstByteMs: 30_000, idleMs: 30_000, totalMs: 120_000 };

/** Opens the help of a workspace whose configuration names a provider; undefined when it names none. */
export const createLlmHelp = async (options: LlmHelpOptions): Promise<LlmHelp | undefined> => {
  const { config, key, loaded, now } = options;
  const { provider, model } = config;
  if (provider === "none" || model === undefined) return undefined;
  const endpoint = (config.endpoint ?? anthropicEndpoint).replace(/\/+$/, "");
  const limits = createHelpLimits({
    perMinute: config.perMinute ?? 6,
    ...(config.spend === undefined ? {} : { spend: config.spend }),
    price: config.price ?? dearPrice,
    now,
  });
  const history = await openLlmHistory({
    runtimeFolder: options.runtimeFolder,
    events: options.events,
    now,
    onPast: ({ startedAt, cost }) => {
      limits.asked(Date.parse(startedAt));
      limits.paid(cost);
    },
  });
  const hidden = knownSecrets([key, ...options.secrets]);
  const redact = createRedactor(hidden);
  const ending = new AbortController();
  let running: Promise<void> | undefined;
  let llm: Promise<Llm> | undefined;
  // The wire formats are loaded with the first question: an idle server needs none of them.
  const connect = (): Promise<Llm> => {
    const provided: ProviderOptions = {
      endpoint,
      model,
      key,
      fetch: globalThis.fetch,
      deadlines: options.deadlines ?? defaultDeadlines,
    };
    return provider === "anthropic"
      ? import("./llm/anthropic.ts").then(({ createAnthropic }) => createAnthropic(provided))
      : import("./llm/openai-compatible.ts").then(({ createOpenAiCompatible }) => createOpenAiCompatible(provided));
  };

  const material = async (id: string, level: HelpLevel): Promise<LlmMessages> => {
    const step = loaded.steps.find((candidate) => candidate.id === id);
    const folder = join(loaded.folder, "steps", id);
    const parts: MessageParts = {
      title: step?.title ?? id,
      content: options.fill(await readFile(join(folder, "content.md"), "utf8")),
      authorContext: step?.helpContext,
      documents: await readDocuments(join(folder, "llm-docs"), { budget: documentsBudget, redact }),
      lastCheck: options.lastCheck(id),
      commands: options.recentCommands(),
      redact,
    };
    const tag = tagOf(parts);
    return {
      system: await systemPrompt({ folder: loaded.folder, level, language: loaded.workshop.language, tag }),
      message: buildMaterial(parts, tag),
    };
  };

  const refuse = (): void => {
    if (running !== undefined)
      throw new AppError("ask-running", "Another question is still being answered.", { hint: "Wait for its answer." });
    const { left, retryAfterSeconds } = limits.rate();
    if (left <= 0)
      throw Object.assign(
        new AppError("rate-limited", `You can ask again in ${retryAfterSeconds} s.`, {
          hint: "Try something out meanwhile, or open the hints.",
        }),
        { retryAfterSeconds },
      );
  };

  const ask: LlmHelp["ask"] = async (id, { question: asked, level }, { signal, onEvent }) => {
    refuse();
    let settle = (): void => {};
    running = new Promise((resolve) => {
      settle = () => {
        running = undefined;
        resolve();
      };
    });
    try {
      const question = redact(asked);
      const { system, message } = await material(id, level);
      const messages: LlmMessages = { system, message: messageWithQuestion(message, question) };
      const maxTokens = limits.affordable(guessTokens(system) + guessTokens(messages.message), maxAnswerTokens);
      if (maxTokens === 0)
        throw new AppError("spend-limit", "This workspace has used up what it may spend on answers.", {
          hint: "What the author wrote for this step is still there.",
        });
      limits.asked(now().getTime());
      const done = exchange({
        step: id,
        level,
        question,
        messages,
        maxTokens,
        signal: AbortSignal.any([signal, ending.signal]),
        onEvent,
      });
      return { done: done.finally(settle) };
    } catch (error) {
      settle();
      throw error;
    }
  };

  const exchange = async ({ messages, maxTokens, signal, onEvent, ...asked }: Asked): Promise<void> => {
    const id = options.newId();
    const started = now();
    onEvent({ type: "start", id, messages });
    const { end, answer, usage, isCharged } = await runExchange({
      llm: await (llm ??= connect()),
      messages,
      maxTokens,
      hidden,
      signal,
      onText: (text) => onEvent({ type: "text", text }),
    });
    const cost = isCharged ? limits.costOf(usage.input, usage.output) : 0;
    limits.paid(cost);
    const { outcome, code, cause } = end;
    history.append({
      type: "exchange",
      id,
      ...asked,
      provider,
      model,
      sent: messages,
      answer,
      outcome,
      ...(code === undefined ? {} : { code }),
      ...(cause === undefined ? {} : { cause }),
      startedAt: started.toISOString(),
      durationMs: now().getTime() - started.getTime(),
      usage,
      cost,
    });
    onEvent({ type: "end", ...end });
  };

  return {
    provider,
    model,
    badLines: history.badLines,
    context: async (step, level) => ({
      provider,
      model,
      host: new URL(endpoint).host,
      messages: await material(step, level),
      limits: {
        perMinute: config.perMinute ?? 6,
        ...limits.rate(),
        ...(config.spend === undefined ? {} : { spend: config.spend }),
        spent: limits.spent,
      },
      earlier: history
        .ofStep(step)
        .map(({ id, level: asked, question, answer, ts }) => ({ id, level: asked, question, answer, at: ts })),
    }),
    ask,
    [Symbol.asyncDispose]: async () => {
      ending.abort(new Error("the workspace is stopping"));
      await running;
      history[Symbol.dispose]();
    },
  };
};

interface Asked extends AskOptions {
  readonly step: string;
  readonly level: HelpLevel;
  readonly question: string;
  readonly messages: LlmMessages;
  readonly maxTokens: number;
}
