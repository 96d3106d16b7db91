import assert from "node:assert/strict";
import { test } from "node:test";
import { contentValues } from "./content-values.ts";
import { readVariables, variableViews } from "./variables.ts";

const variables = [
  { name: "CITY", question: "Which city?" },
  { name: "PORT", question: "Which port?", default: "8000", pattern: "[0-9]{2,5}" },
];

test("what is filled in is shown everywhere, else the default, else the braces stay", () => {
  const answered = new Map<string, string>();
  const config = { parameters: {}, workspaceName: "w", origins: [] };
  const lookUp = contentValues(config, { parameters: [], variables }, answered);
  assert.deepEqual([lookUp("CITY"), lookUp("PORT"), lookUp("workspace")], [undefined, "8000", "w"]);
  for (const [name, value] of readVariables(variables, { CITY: " Köln\u0007\n", PORT: "9000" }))
    answered.set(name, value);
  assert.deepEqual([lookUp("CITY"), lookUp("PORT")], ["Köln", "9000"]);
  assert.deepEqual(variableViews(variables, answered), [
    { name: "CITY", question: "Which city?", value: "Köln", isAnswered: true },
    { name: "PORT", question: "Which port?", value: "9000", isAnswered: true },
  ]);
  assert.deepEqual(variableViews(variables, new Map())[1], {
    name: "PORT",
    question: "Which port?",
    value: "8000",
    isAnswered: false,
  });
});

test("what does not fit is refused as a whole", () => {
  for (const values of [{ TOWN: "x" }, { CITY: "  " }, { CITY: "Köln", PORT: "http" }, { PORT: "123456" }])
    assert.throws(() => readVariables(variables, values), { code: "bad-value" });
});
