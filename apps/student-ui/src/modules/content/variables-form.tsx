import "./variables-form.css";
import type { VariableView } from "@atelier/contract";
import { Button } from "@atelier/ui";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { problemOf } from "../../api/problem.ts";
import { useContentClient } from "../../content/content-client.ts";
import { strings } from "../../strings/en.ts";

const words = strings.variables;

export interface VariablesFormProps {
  readonly variables: readonly VariableView[];
  readonly language: string;
  /** The texts have to be fetched again. */
  readonly onSaved: () => void;
}

/** What the workshop asks each student: filled in once, and then in all its texts and commands. */
export const VariablesForm = ({ variables, language, onSaved }: VariablesFormProps): ReactNode => {
  const client = useContentClient();
  const id = useId();
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(variables.map(({ name, value = "" }) => [name, value])),
  );
  const [said, setSaid] = useState("");
  const save = (event: FormEvent): void => {
    event.preventDefault();
    client.setVariables(values).then(
      () => {
        setSaid(words.saved);
        onSaved();
      },
      (error: unknown) => setSaid([problemOf(error).message, problemOf(error).hint].filter(Boolean).join(" ")),
    );
  };
  return (
    <form className="variables" onSubmit={save}>
      <p className="variables__heading">{words.heading}</p>
      {variables.map(({ name, question }) => (
        <div key={name} className="variables__field">
          <label htmlFor={`${id}-${name}`} lang={language}>
            {question}
          </label>
          <input
            id={`${id}-${name}`}
            value={values[name] ?? ""}
            maxLength={200}
            required
            autoComplete="off"
            spellCheck={false}
            onChange={({ target }) => setValues({ ...values, [name]: target.value })}
          />
        </div>
      ))}
      <Button size="small" type="submit">
        {words.save}
      </Button>
      <span className="variables__said" role="status">
        {said}
      </span>
    </form>
  );
};
