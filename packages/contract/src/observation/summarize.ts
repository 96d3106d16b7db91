import { csvOf } from "./csv.ts";
import { type Observation, timeByStep } from "./observe.ts";

/** Whose session an export is of. */
export interface SessionLabel {
  readonly workspace: string;
  readonly workspaceId: string;
  readonly displayName?: string;
  readonly workshop?: string;
}

/** What an export says about a step. */
export interface StepSummaryRow {
  readonly step: string;
  readonly enteredAt?: string;
  readonly visits: number;
  readonly timeMs: number;
  readonly done?: "passed" | "completed" | "solved";
  readonly doneAt?: string;
  readonly checks: number;
  readonly failedChecks: number;
  readonly commands: number;
  readonly failedCommands: number;
  readonly helpOpened: number;
  readonly questions: number;
}

/** Steps in the order in which they were first entered. */
export const summarizeSteps = (observation: Observation, now: number): readonly StepSummaryRow[] => {
  const { visits, checks, commands, help, done } = observation;
  const times = timeByStep(visits, now);
  const ids = new Set([...visits.map(({ step }) => step), ...checks.map(({ step }) => step), ...done.keys()]);
  return [...ids].map((step) => {
    const own = visits.filter((visit) => visit.step === step);
    const ownChecks = checks.filter((check) => check.step === step);
    const ownCommands = commands.filter((command) => command.step === step);
    const ownHelp = help.filter((use) => use.step === step);
    const end = done.get(step);
    return {
      step,
      ...(own[0] === undefined ? {} : { enteredAt: own[0].enteredAt }),
      visits: own.length,
      timeMs: times.get(step) ?? 0,
      ...(end === undefined ? {} : { done: end.how, doneAt: end.at }),
      checks: ownChecks.length,
      failedChecks: ownChecks.filter(({ outcome }) => outcome !== "passed").length,
      commands: ownCommands.length,
      failedCommands: ownCommands.filter(({ exitCode }) => exitCode !== undefined && exitCode !== 0).length,
      helpOpened: ownHelp.filter(({ kind }) => kind === "opened").length,
      questions: ownHelp.filter(({ kind }) => kind === "asked").length,
    };
  });
};

/** The tables and the summary that an export adds to the session's own files. */
export const summaryFiles = (
  label: SessionLabel,
  observation: Observation,
  exportedAt: string,
): readonly { readonly name: string; readonly text: string }[] => {
  const { commands, checks, help, incidents, missing, skipped, lastAt } = observation;
  const steps = summarizeSteps(observation, Date.parse(lastAt ?? exportedAt));
  const summary = {
    v: 1,
    ...label,
    exportedAt,
    ...(lastAt === undefined ? {} : { lastAt }),
    commands: commands.length,
    failedCommands: commands.filter(({ exitCode }) => exitCode !== undefined && exitCode !== 0).length,
    unverifiedCommands: commands.filter(({ verified }) => !verified).length,
    checks: checks.length,
    help: help.length,
    incidents: incidents.map(({ type, ts }) => ({ type, at: ts })),
    missingRecords: missing,
    skippedLines: skipped,
    steps,
  };
  return [
    { name: "summary.json", text: `${JSON.stringify(summary, null, 2)}\n` },
    {
      name: "steps.csv",
      text: csvOf(
        [
          "step",
          "entered_at",
          "visits",
          "time_ms",
          "done",
          "done_at",
          "checks",
          "failed_checks",
          "commands",
          "failed_commands",
          "help_opened",
          "questions",
        ],
        steps.map((row) => [
          row.step,
          row.enteredAt,
          row.visits,
          row.timeMs,
          row.done,
          row.doneAt,
          row.checks,
          row.failedChecks,
          row.commands,
          row.failedCommands,
          row.helpOpened,
          row.questions,
        ]),
      ),
    },
    {
      name: "commands.csv",
      text: csvOf(
        [
          "seq",
          "started_at",
          "terminal",
          "step",
          "command",
          "cwd",
          "exit_code",
          "duration_ms",
          "verified",
          "doubt",
          "shell",
        ],
        commands.map((row) => [
          row.seq,
          row.startedAt,
          row.terminal,
          row.step,
          row.command,
          row.cwd,
          row.exitCode,
          row.durationMs,
          row.verified,
          row.doubt,
          row.shell,
        ]),
      ),
    },
    {
      name: "checks.csv",
      text: csvOf(
        ["at", "step", "outcome", "trigger", "passed", "failed", "duration_ms", "failed_assertions"],
        checks.map((row) => [
          row.ts,
          row.step,
          row.outcome,
          row.trigger,
          row.passed,
          row.failed,
          row.durationMs,
          row.assertions
            .filter(({ status }) => status === "failed" || status === "error")
            .map(({ title }) => title)
            .join("; "),
        ]),
      ),
    },
    {
      name: "help.csv",
      text: csvOf(
        ["at", "step", "kind", "level", "question", "outcome"],
        help.map((use) =>
          use.kind === "opened"
            ? [use.at, use.step, use.kind, use.level]
            : [use.at, use.step, use.kind, use.exchange.level, use.exchange.question, use.exchange.outcome],
        ),
      ),
    },
  ];
};
