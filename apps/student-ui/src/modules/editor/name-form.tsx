import { Button } from "@atelier/ui";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { strings } from "../../strings/en.ts";

export interface NameFormProps {
  readonly label: string;
  readonly initial: string;
  readonly isValid: (name: string) => boolean;
  readonly onName: (name: string) => void;
  readonly onCancel: () => void;
}

/** Asks for one name; Escape asks no more. */
export const NameForm = ({ label, initial, isValid, onName, onCancel }: NameFormProps): ReactNode => {
  const [name, setName] = useState(initial);
  const id = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isValid(name)) onName(name);
  };
  return (
    <form className="editor__name" onSubmit={submit} onKeyDown={(event) => event.key === "Escape" && onCancel()}>
      <label htmlFor={id}>{label}</label>
      <div>
        <input
          id={id}
          // biome-ignore lint/a11y/noAutofocus: the student just asked for this field
          autoFocus
          value={name}
          spellCheck={false}
          autoCapitalize="off"
          onChange={({ target }) => setName(target.value)}
        />
        <Button size="small" type="submit" icon="check" aria-label={strings.editor.ok} isDisabled={!isValid(name)} />
        <Button size="small" look="quiet" icon="cross" aria-label={strings.request.cancel} onPress={onCancel} />
      </div>
    </form>
  );
};
