import type { Assertion, CheckOutcome } from "@atelier/contract";
import { z } from "zod";

/** One line of `goss validate --format json`, version 0.4.x. */
const resultSchema = z.object({
  results: z
    .array(
      z.object({
        "resource-id": z.string().catch(""),
        "resource-type": z.string().catch(""),
        property: z.string().catch(""),
        title: z.string().nullish(),
        meta: z.record(z.string(), z.unknown()).nullish(),
        successful: z.boolean(),
        skipped: z.boolean().nullish(),
        result: z.int().nullish(),
        err: z.unknown(),
        "matcher-result": z
          .object({
            actual: z.unknown(),
            expected: z.unknown(),
            message: z.string().nullish(),
            "missing-elements": z.array(z.unknown()).nullish(),
          })
          .nullish(),
      }),
    )
    .nullish(),
  summary: z.object({ "test-count": z.int(), "failed-count": z.int(), "skipped-count": z.int().nullish() }),
});

export interface GossAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export interface CheckReading {
  readonly outcome: Exclude<CheckOutcome, "timeout">;
  readonly assertions: readonly Assertion[];
  /** For `error`: what is wrong with the check itself. */
  readonly cause?: string;
}

/**
 * Reads what goss said. A skip is `successful` in goss and neither passed nor failed here; a check that
 * asserted nothing, or only skipped, has not passed; exit 78 and anything that is no JSON is an error of
 * the check, not of the student.
 * @param hide the beginning of a text, without what nobody may see
 */
export const readGossResult = (
  { stdout, stderr, exitCode }: GossAnswer,
  hide: (text: string, most: number) => string,
): CheckReading => {
  const line = stdout.split("\n").find((text) => text.startsWith("{"));
  const parsed = line === undefined ? undefined : resultSchema.safeParse(safeJson(line));
  if (!parsed?.success)
    return { outcome: "error", assertions: [], cause: hide(reasonOf(stdout, stderr, exitCode), longestReason) };
  const assertions = uniqueTitles((parsed.data.results ?? []).map((result) => toAssertion(result, hide)));
  const counted = assertions.filter(({ status }) => status !== "skipped");
  if (counted.length === 0)
    return {
      outcome: "error",
      assertions,
      cause: "The check asserts nothing: every assertion is skipped or there is none.",
    };
  return { outcome: counted.every(({ status }) => status === "passed") ? "passed" : "failed", assertions };
};

type Hide = (text: string, most: number) => string;
type GossResult = NonNullable<z.infer<typeof resultSchema>["results"]>[number];

const toAssertion = (result: GossResult, hide: Hide): Assertion => {
  const type = result["resource-type"].toLowerCase();
  const id = `${type}: ${result["resource-id"]}: ${result.property}`;
  const message = result.meta?.["message"];
  const matcher = result["matcher-result"];
  const status =
    result.skipped === true || result.result === 2
      ? "skipped"
      : result.result === 3
        ? "error"
        : result.successful
          ? "passed"
          : "failed";
  const isSkipped = status === "skipped";
  const found = isSkipped ? undefined : (errorText(result.err) ?? showFound(matcher));
  return {
    id: hide(id, longestName),
    title: hide(result.title || `${type} ${result["resource-id"]}: ${result.property}`, longestName),
    status,
    ...(typeof message === "string" ? { message: hide(message, longest) } : {}),
    ...(isSkipped || matcher?.expected === undefined || matcher.expected === null
      ? {}
      : { expected: hide(show(matcher.expected, matcher.message), longest) }),
    ...(found === undefined ? {} : { found: hide(found, longest) }),
  };
};

/** Several properties of one resource share its title: then the property is named too. */
const uniqueTitles = (assertions: readonly Assertion[]): readonly Assertion[] => {
  const counts = new Map<string, number>();
  for (const { title } of assertions) counts.set(title, (counts.get(title) ?? 0) + 1);
  return assertions.map((assertion) =>
    (counts.get(assertion.title) ?? 0) > 1
      ? { ...assertion, title: `${assertion.title} (${assertion.id.split(": ").at(-1)})` }
      : assertion,
  );
};

/** What goss found. Streams it reads only once arrive as an empty object; then there is nothing to show. */
const showFound = (matcher: GossResult["matcher-result"]): string | undefined => {
  const actual = matcher?.actual;
  if (actual === undefined || actual === null) return undefined;
  if (typeof actual === "string" && actual.startsWith("object: *")) {
    const missing = matcher?.["missing-elements"] ?? [];
    return missing.length === 0 ? undefined : `output without ${missing.map((item) => show(item)).join(", ")}`;
  }
  return typeof actual === "object" && !Array.isArray(actual) && Object.keys(actual).length === 0
    ? undefined
    : show(actual);
};

/** goss's words that say nothing beyond the value itself. */
const plainVerbs = ["to equal", "matches expectation"];
const longest = 2000;
const longestName = 500;
/** Goss names its reason first; what follows may be half a document. */
const longestReason = 500;

const show = (value: unknown, verb?: string | null): string => {
  const text =
    typeof value === "string"
      ? value
      : Array.isArray(value) && value.length === 1 && typeof value[0] === "string"
        ? value[0]
        : (JSON.stringify(value) ?? "");
  const said = verb && !plainVerbs.includes(verb) ? `${verb} ${text}` : text;
  return said;
};

const errorText = (error: unknown): string | undefined => {
  if (error === null || error === undefined || error === "") return undefined;
  return typeof error === "string" ? error : JSON.stringify(error);
};

const reasonOf = (stdout: string, stderr: string, exitCode: number | null): string => {
  const said = (stderr.trim() || stdout.trim()).split("\n").at(-1) ?? "";
  if (exitCode === 78) return `The check's goss file is not valid: ${said}`;
  return said === ""
    ? `goss ended with ${exitCode ?? "a signal"} and said nothing.`
    : `goss ended with ${exitCode ?? "a signal"}: ${said}`;
};

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
