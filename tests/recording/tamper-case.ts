import { readCases } from "@atelier/testkit";

const outcomes = ["prevented", "logged", "flagged", "documented"] as const;
const events = ["nested-shell", "integration-lost", "terminal-closed", "unverified"] as const;

export interface TamperCase {
  readonly name: string;
  /** Lines that the student types, one after the other. */
  readonly input: string;
  readonly output: {
    /**
     * `prevented`: it does not work, and is in the log. `logged`: it works, and so does the log.
     * `flagged`: an event says so. `documented`: the docs say that it cannot be seen.
     */
    readonly outcome: (typeof outcomes)[number];
    /** What the terminal shows. */
    readonly shows?: string;
    /** What no command of the log may be. */
    readonly absent?: string;
    /** What one command of the log is. */
    readonly command?: string;
    readonly truncated?: true;
    /** Type of the event, or a record with `verified: false`; and what it says. */
    readonly event?: (typeof events)[number];
    readonly says?: string;
    /** The event need not name the terminal: its maker has outlived its parents. */
    readonly terminal?: "any";
    /** The entry under "What cannot be seen". */
    readonly docs?: string;
  };
}

export const tamperCases = (): readonly TamperCase[] =>
  readCases(new URL("cases/", import.meta.url)).map(({ name, file, value }) => {
    if (!isCase(value)) throw new Error(`${file} is no case of tampering`);
    return { name, input: value.input, output: value.output };
  });

const texts = ["shows", "absent", "command", "says", "docs"];

const isCase = (value: unknown): value is Omit<TamperCase, "name"> => {
  if (!isObject(value) || typeof value["input"] !== "string" || !isObject(value["output"])) return false;
  return (
    "outcome" in value["output"] &&
    Object.entries(value["output"]).every(([key, found]) => {
      if (key === "outcome") return outcomes.some((outcome) => outcome === found);
      if (key === "event") return events.some((event) => event === found);
      if (key === "terminal") return found === "any";
      return key === "truncated" ? found === true : texts.includes(key) && typeof found === "string";
    })
  );
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
