import "./field.css";
import { type ReactNode, useId } from "react";

export interface SearchFieldProps {
  /** Read by a screen reader, and shown while nothing is typed. */
  readonly label: string;
  readonly value: string;
  onChange(value: string): void;
}

/** What a list is narrowed down with, while it is typed. */
export const SearchField = ({ label, value, onChange }: SearchFieldProps): ReactNode => {
  const id = useId();
  return (
    <>
      <label className="visually-hidden" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        type="search"
        className="field"
        placeholder={label}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </>
  );
};
