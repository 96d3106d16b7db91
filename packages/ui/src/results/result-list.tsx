import "./result-list.css";
import type { ReactNode } from "react";
import { Icon, type IconName } from "../icons/icons.tsx";

export type ResultStatus = "passed" | "failed" | "skipped" | "error";

export interface Result {
  readonly id: string;
  readonly title: string;
  readonly status: ResultStatus;
  readonly message?: string | undefined;
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
}

export interface ResultListStrings {
  readonly status: Readonly<Record<ResultStatus, string>>;
  readonly expected: string;
  readonly found: string;
}

const icons: Record<ResultStatus, IconName> = { passed: "check", failed: "cross", skipped: "minus", error: "warning" };

const isBad = ({ status }: Result): boolean => status === "failed" || status === "error";

/** "Expected true, found false" says no more than the title does. */
const isTelling = ({ expected, found }: Result): boolean =>
  (expected !== undefined || found !== undefined) && !/^(true|false)$/.test(expected ?? "");

const Comparison = ({
  result,
  strings,
}: {
  readonly result: Result;
  readonly strings: ResultListStrings;
}): ReactNode => (
  <dl className="result__comparison">
    {result.expected !== undefined && (
      <div>
        <dt>{strings.expected}</dt>
        <dd>{result.expected}</dd>
      </div>
    )}
    {result.found !== undefined && (
      <div>
        <dt>{strings.found}</dt>
        <dd>{result.found}</dd>
      </div>
    )}
  </dl>
);

/** Assertions of a check, each with what it means for the student. State is told by icon, word and colour. */
export const ResultList = ({
  results,
  strings,
}: {
  readonly results: readonly Result[];
  readonly strings: ResultListStrings;
}): ReactNode => (
  <ul className="result-list">
    {results.map((result) => (
      <li key={result.id} className="result" data-status={result.status}>
        <span className="result__mark">
          <Icon name={icons[result.status]} size={14} />
        </span>
        <div className="result__body">
          <p className="result__title">
            <span className="visually-hidden">{strings.status[result.status]}: </span>
            {result.title}
          </p>
          {result.message !== undefined && isBad(result) && <p className="result__message">{result.message}</p>}
          {isBad(result) && isTelling(result) && <Comparison result={result} strings={strings} />}
        </div>
      </li>
    ))}
  </ul>
);
