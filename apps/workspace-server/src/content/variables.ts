import type { NewVariables, VariableView } from "@atelier/contract";
import { AppError, type CompiledWorkshop } from "@atelier/domain";

type Variables = NonNullable<CompiledWorkshop["variables"]>;

/** What is asked, and what pages show for it now. */
export const variableViews = (variables: Variables, answered: ReadonlyMap<string, string>): VariableView[] =>
  variables.map(({ name, question, default: preset }) => {
    const value = answered.get(name) ?? preset;
    return { name, question, ...(value === undefined ? {} : { value }), isAnswered: answered.has(name) };
  });

/** The values to keep. Throws `bad-value` for one that has no place, or not that form; then none is kept. */
export const readVariables = (variables: Variables, values: NewVariables): readonly (readonly [string, string])[] =>
  Object.entries(values).map(([name, written]) => {
    const variable = variables.find((own) => own.name === name);
    if (variable === undefined)
      throw new AppError("bad-value", `The workshop does not ask for "${name}".`, {
        hint: "Load the page anew: it shows what is asked for.",
      });
    // A value is a word in a sentence or in a command: a line break would end either.
    const value = written.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
    if (value === "")
      throw new AppError("bad-value", `Nothing is filled in for: ${variable.question}`, { hint: "Fill it in." });
    if (variable.pattern !== undefined && !new RegExp(`^(?:${variable.pattern})$`, "v").test(value))
      throw new AppError("bad-value", `“${value}” does not fit: ${variable.question}`, {
        hint: `It has to look like ${variable.pattern}`,
      });
    return [name, value] as const;
  });
