import assert from "node:assert/strict";
import { test } from "node:test";
import { readPage } from "../spec/content/markdown.ts";
import { textFile } from "../spec/text/read-text.ts";
import { gradeQuiz, type Quiz, rightAnswer, wrongAnswer } from "./quiz.ts";
import { readQuizzes } from "./read-quizzes.ts";
import { withoutAnswers } from "./without-answers.ts";

const text = [
  "# Page",
  "```quiz",
  "question: Which *one*?",
  "options:",
  "  - { text: a, feedback: Not a. }",
  "  - { text: 2, right: true, feedback: Yes. }",
  "explanation: Because.",
  "retryAfter: 10s",
  "```",
  "- list",
  "",
  "  ```quiz",
  "  id: some",
  "  question: Which ones?",
  "  options:",
  "    - { text: a, right: true }",
  "    - { text: b, right: true }",
  "    - { text: c }",
  "  ```",
  "",
  "```quiz",
  "question: What?",
  "answer: [Forty Two, 42]",
  'pattern: "4[23]"',
  "```",
  "",
  "The end, of secret: none.",
].join("\n");
const placed = readQuizzes(readPage(textFile("content.md", text))).quizzes;
const [one, several, typed] = placed.map(({ quiz }) => quiz) as [Quiz, Quiz, Quiz];

test("questions are read with their defaults", () => {
  assert.deepEqual(
    placed.map(({ quiz: { id, type, retryAfterSeconds } }) => [id, type, retryAfterSeconds]),
    [
      ["quiz-1", "single", 10],
      ["some", "multiple", 0],
      ["quiz-3", "text", 0],
    ],
  );
});

test("answers are graded, with what the author says to each, and nonsense is no answer", () => {
  assert.deepEqual(gradeQuiz(one, { choices: [1] }), { isRight: true, feedback: ["Yes."] });
  assert.deepEqual(gradeQuiz(one, { choices: [0] }), { isRight: false, feedback: ["Not a."] });
  for (const choices of [[], [0, 1], [2], [-1], [0.5]]) assert.equal(gradeQuiz(one, { choices }), undefined);
  assert.equal(gradeQuiz(one, { text: "2" }), undefined);
  const rights = [[0], [1], [0, 1], [1, 0, 0], [0, 1, 2]].map((choices) => gradeQuiz(several, { choices })?.isRight);
  assert.deepEqual(rights, [false, false, true, true, false]);
  const typedOnes = ["42", " forty   two ", "43", "44", "", "4", "x42"].map((word) => gradeQuiz(typed, { text: word }));
  assert.deepEqual(
    typedOnes.map((grade) => grade?.isRight),
    [true, true, true, false, false, false, false],
  );
  assert.equal(gradeQuiz(typed, { choices: [0] }), undefined);
});

test("a machine knows a right and a wrong answer to each", () => {
  for (const quiz of [one, several, typed]) {
    const right = rightAnswer(quiz);
    assert.equal(right && gradeQuiz(quiz, right)?.isRight, true, quiz.id);
    assert.equal(gradeQuiz(quiz, wrongAnswer(quiz))?.isRight, false, quiz.id);
  }
});

test("a page without answers keeps everything else at its place", () => {
  assert.equal(
    withoutAnswers(text, placed),
    [
      "# Page",
      "```quiz",
      "id: quiz-1",
      "```",
      "- list",
      "",
      "  ```quiz",
      "  id: some",
      "  ```",
      "",
      "```quiz",
      "id: quiz-3",
      "```",
      "",
      "The end, of secret: none.",
    ].join("\n"),
  );
});
