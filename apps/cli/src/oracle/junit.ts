import type { StepProof } from "./verdict.ts";

const escapeXml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no place for them.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd")
    .replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The proofs in the XML that CI systems read. */
export const junitOf = (workshop: string, proofs: readonly StepProof[]): string => {
  const failed = proofs.filter(({ verdict }) => verdict === "vacuous" || verdict === "broken").length;
  const skipped = proofs.filter(({ verdict }) => verdict === "missing").length;
  const cases = proofs.map(({ step, verdict, reason, failures, ms }) => {
    const body =
      verdict === "missing"
        ? `<skipped message="${escapeXml(reason)}"/>`
        : verdict === "proved"
          ? ""
          : `<failure message="${escapeXml(reason)}">${escapeXml(failures.join("\n"))}</failure>`;
    return `    <testcase classname="${escapeXml(workshop)}" name="${escapeXml(step)}" time="${(ms / 1000).toFixed(3)}">${body}</testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite name="${escapeXml(workshop)}" tests="${proofs.length}" failures="${failed}" skipped="${skipped}">\n${cases.join("\n")}\n  </testsuite>\n</testsuites>\n`;
};
