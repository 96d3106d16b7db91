import { request } from "node:http";
import {
  checkViewSchema,
  type CheckView,
  contentApi,
  helpViewSchema,
  instructorApi,
  problemSchema,
  quizViewSchema,
  recordingViewSchema,
  stepViewSchema,
  studentApi,
  type TerminalView,
  terminalViewSchema,
} from "@atelier/contract";
import { AppError, type QuizAnswer } from "@atelier/domain";
import { z } from "zod";

/** A student without a browser: the same calls, with the token in place of a cookie. */
export interface Student {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  enter(step: string): Promise<void>;
  /** The page of a step as it is shown. */
  page(step: string): Promise<string>;
  solution(step: string): Promise<string>;
  save(step: string, page: "content" | "solve", block: number): Promise<void>;
  /** Answers whether it was right. */
  answer(step: string, quiz: string, answer: QuizAnswer): Promise<boolean>;
  check(step: string): Promise<CheckView>;
  terminals(): Promise<readonly TerminalView[]>;
  openTerminal(name: string): Promise<void>;
  /** The newest recording of each terminal, by the terminal's name. */
  recordings(instructorToken: string): Promise<ReadonlyMap<string, string>>;
}

export const createStudent = ({ port, token }: { readonly port: number; readonly token: string }): Student => {
  const origin = `http://127.0.0.1:${port}`;
  const headers = { Host: `127.0.0.1:${port}`, Origin: origin, Authorization: `Bearer ${token}` };
  const fill = (path: string, values: Readonly<Record<string, string | number>>): string =>
    path.replace(/:([a-z]+)/g, (_whole, name: string) => encodeURIComponent(String(values[name] ?? "")));
  const get = (path: string, extra: object = {}): Promise<string> =>
    call({ port, path, headers: { ...headers, ...extra } });
  const post = (path: string, body: unknown = {}): Promise<string> => call({ port, path, headers, body });
  const read = async <T extends z.ZodType>(schema: T, text: Promise<string>): Promise<z.output<T>> =>
    schema.parse(JSON.parse(await text));
  return {
    origin,
    headers,
    enter: async (id) => void (await post(fill(studentApi.enter, { id }))),
    page: async (id) => (await read(stepViewSchema, get(fill(studentApi.step, { id })))).html,
    solution: async (id) => (await read(helpViewSchema, get(fill(studentApi.help, { id, level: "solve" })))).html,
    save: async (id, page, block) =>
      void (await post(fill(contentApi.saveBlock, { id, block }), { page, replace: true })),
    answer: async (id, quiz, answer) =>
      (await read(quizViewSchema, post(fill(contentApi.quiz, { id, quiz }), answer))).answered?.isRight === true,
    check: (id) => read(checkViewSchema, post(fill(studentApi.check, { id }))),
    terminals: () => read(z.array(terminalViewSchema), get(studentApi.terminals)),
    openTerminal: async (name) => void (await post(studentApi.terminals, { name })),
    recordings: async (instructorToken) => {
      const bearer = { Authorization: `Bearer ${instructorToken}` };
      const found = await read(z.array(recordingViewSchema), get(instructorApi.recordings, bearer));
      const texts = new Map<string, string>();
      for (const { id, terminal } of found.toReversed())
        texts.set(terminal, await get(fill(instructorApi.recording, { id }), bearer));
      return texts;
    },
  };
};

const timeoutMs = 120_000;

const call = ({
  port,
  path,
  headers,
  body,
}: {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}): Promise<string> =>
  new Promise((resolve, reject) => {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request(
      {
        host: "127.0.0.1",
        port,
        path,
        method: sent === undefined ? "GET" : "POST",
        timeout: timeoutMs,
        // A kept connection may be ended on the other side while a step is asked for.
        agent: false,
        headers: { ...headers, ...(sent === undefined ? {} : { "Content-Type": "application/json" }) },
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => {
          text += chunk;
        });
        answer.once("error", reject).once("end", () => {
          if ((answer.statusCode ?? 500) < 400) return resolve(text);
          const problem = problemSchema.safeParse(readJson(text)).data;
          reject(new AppError("workspace-refused", problem?.message ?? `The workspace answered ${answer.statusCode}.`));
        });
      },
    );
    outgoing.once("timeout", () => outgoing.destroy(new Error("the workspace did not answer in time")));
    outgoing.once("error", reject).end(sent);
  });

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
