import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompiledStep, Quiz } from "@atelier/domain";
import type { NewStateEvent } from "@atelier/contract";
import { applyEvent, emptyHistory } from "../progress/progress.ts";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";
import { noFinding, withQuizzes } from "./quiz-assertions.ts";
import { createQuizzes } from "./quizzes.ts";

const single: Quiz = {
  type: "single",
  id: "mover",
  question: "Which command **moves**?\nReally.",
  retryAfterSeconds: 10,
  explanation: "Because.",
  options: [
    { text: "`cp`", isRight: false, feedback: "That copies." },
    { text: "`mv`", isRight: true },
  ],
};
const typed: Quiz = {
  type: "text",
  id: "n",
  question: "How many?",
  retryAfterSeconds: 0,
  answers: ["4"],
  matchCase: false,
};

const several: Quiz = {
  type: "multiple",
  id: "shells",
  question: "Which are shells?",
  retryAfterSeconds: 0,
  options: [
    { text: "bash", isRight: true, feedback: "It is." },
    { text: "cat", isRight: false, feedback: "A program." },
    { text: "zsh", isRight: true },
  ],
};

const setUp = (asked: readonly Quiz[] = [single, typed]) => {
  const history = emptyHistory();
  const recorded: unknown[] = [];
  let time = Date.parse("2026-01-01T00:00:00Z");
  const quizzes = createQuizzes({
    loaded: {
      steps: [{ id: "one", quizzes: asked } as unknown as CompiledStep],
    } as unknown as LoadedWorkshop,
    history,
    events: {
      append: (event: NewStateEvent) => {
        recorded.push(event);
        const whole = { v: 1 as const, seq: recorded.length, ts: new Date(time).toISOString(), ...event };
        applyEvent(history, whole);
        return whole;
      },
    } as never,
    render: async (_step, markdown) => `<p>${markdown}</p>`,
    now: () => new Date(time),
  });
  return { quizzes, recorded, pass: (ms: number) => (time += ms) };
};

test("what the browser gets before an answer holds none", async () => {
  const { quizzes } = setUp();
  const views = await quizzes.views("one");
  assert.deepEqual(views, [
    {
      id: "mover",
      type: "single",
      questionHtml: "<p>Which command **moves**?\nReally.</p>",
      optionsHtml: ["<p>`cp`</p>", "<p>`mv`</p>"],
    },
    { id: "n", type: "text", questionHtml: "<p>How many?</p>", optionsHtml: [] },
  ]);
  assert.deepEqual(await quizzes.views("none"), []);
});

test("answers are graded, wait after a wrong one, are recorded, and a right one stays", async () => {
  const { quizzes, recorded, pass } = setUp();
  const wrong = await quizzes.answer("one", "mover", { choices: [0] });
  assert.deepEqual(wrong.answered, {
    answer: { choices: [0] },
    isRight: false,
    feedbackHtml: ["<p>That copies.</p>"],
    tries: 1,
    retryAt: "2026-01-01T00:00:10.000Z",
  });
  await assert.rejects(quizzes.answer("one", "mover", { choices: [1] }), { code: "too-soon", retryAfterSeconds: 10 });
  pass(10_000);
  const right = await quizzes.answer("one", "mover", { choices: [1] });
  assert.deepEqual(right.answered, {
    answer: { choices: [1] },
    isRight: true,
    feedbackHtml: [],
    explanationHtml: "<p>Because.</p>",
    tries: 2,
  });
  assert.equal((await quizzes.answer("one", "mover", { choices: [0] })).answered?.isRight, true);
  assert.equal(quizzes.isAllAnswered("one"), false);
  await quizzes.answer("one", "n", { text: " 4 " });
  assert.equal(quizzes.isAllAnswered("one"), true);
  assert.deepEqual(recorded, [
    { type: "quiz-answered", step: "one", quiz: "mover", answer: [0], isRight: false },
    { type: "quiz-answered", step: "one", quiz: "mover", answer: [1], isRight: true },
    { type: "quiz-answered", step: "one", quiz: "n", answer: " 4 ", isRight: true },
  ]);
});

test("of several right answers all are wanted and nothing else, and each chosen one is spoken to", async () => {
  const { quizzes, recorded } = setUp([several]);
  assert.deepEqual(await quizzes.views("one"), [
    {
      id: "shells",
      type: "multiple",
      questionHtml: "<p>Which are shells?</p>",
      optionsHtml: ["<p>bash</p>", "<p>cat</p>", "<p>zsh</p>"],
    },
  ]);
  const answer = async (...choices: number[]) => (await quizzes.answer("one", "shells", { choices })).answered;
  const tooFew = await answer(0);
  assert.deepEqual([tooFew?.isRight, tooFew?.feedbackHtml], [false, ["<p>It is.</p>"]]);
  const tooMany = await answer(0, 1, 2);
  assert.deepEqual([tooMany?.isRight, tooMany?.feedbackHtml], [false, ["<p>It is.</p>", "<p>A program.</p>"]]);
  for (const choices of [[], [3], [-1]])
    await assert.rejects(quizzes.answer("one", "shells", { choices }), { code: "bad-request" });
  assert.equal(quizzes.isAllAnswered("one"), false);
  assert.equal((await answer(2, 0))?.isRight, true);
  assert.equal(quizzes.isAllAnswered("one"), true);
  assert.deepEqual(
    recorded.map((event) => (event as { readonly isRight: boolean }).isRight),
    [false, false, true],
  );
});

test("what is no answer, and what is no question, is refused", async () => {
  const { quizzes, recorded } = setUp();
  for (const answer of [{ choices: [0, 1] }, { choices: [7] }, { text: "mv" }])
    await assert.rejects(quizzes.answer("one", "mover", answer), { code: "bad-request" });
  await assert.rejects(quizzes.answer("one", "other", { text: "" }), { code: "not-found" });
  assert.deepEqual(recorded, []);
});

test("a step passes when its check and its questions do", async () => {
  const { quizzes } = setUp();
  const open = quizzes.assertions("one");
  assert.deepEqual(open[0], {
    id: "quiz: mover",
    title: "Which command moves?",
    status: "failed",
    message: "You have not answered this question in the text yet.",
  });
  assert.equal(withQuizzes(noFinding, open).outcome, "failed");
  await quizzes.answer("one", "mover", { choices: [1] });
  await quizzes.answer("one", "n", { text: "5" });
  assert.deepEqual(
    quizzes.assertions("one").map(({ status, message }) => [status, message]),
    [
      ["passed", undefined],
      ["failed", "Your last answer to this question was not right."],
    ],
  );
  await quizzes.answer("one", "n", { text: "4" });
  const all = quizzes.assertions("one");
  assert.equal(withQuizzes(noFinding, all).outcome, "passed");
  assert.equal(withQuizzes({ outcome: "failed", assertions: [] }, all).outcome, "failed");
  assert.equal(withQuizzes({ outcome: "error", assertions: [], cause: "x" }, open).outcome, "error");
});
