import type { CheckOutcome, Incident, StuckReason } from "@atelier/contract";

const two = (value: number): string => String(value).padStart(2, "0");

/** `350 ms`, `12 s`, `3 min 05 s`, `1 h 02 min`. */
export const duration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${two(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
};

/** Rounded for a clock that moves: nobody wants to see seconds tick on every step. */
export const age = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
};

export const clock = (iso: string): string => {
  const date = new Date(iso);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

const dayAndMonth = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
const day = (iso: string): string => dayAndMonth.format(new Date(iso));

export const fileSize = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 1024 ** 2
      ? `${Math.round(bytes / 1024)} kB`
      : `${(bytes / 1024 ** 2).toFixed(1)} MB`;

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

const stuck: {
  readonly [C in StuckReason["code"]]: (reason: Extract<StuckReason, { code: C }>) => readonly [string, string];
} = {
  "same-command": ({ command, times, exitCode }) => [
    `The same command failed ${times} times`,
    `“${command}” ends with exit code ${exitCode} each time, and nothing about it has changed.`,
  ],
  "same-assertion": ({ assertion, times }) => [
    `The same point failed in ${times} checks in a row`,
    [`“${assertion.title}”.`, assertion.message].filter((part) => part !== undefined).join(" The page told them: "),
  ],
  idle: ({ forMs }) => [
    `Nothing has happened for ${age(forMs)}`,
    "The page is open, but nothing was typed, shown, checked or asked.",
  ],
  "long-step": ({ forMs, plannedMs }) => [
    `At this step for ${age(forMs)}`,
    plannedMs === undefined
      ? "Its author planned no time for it; most steps take less than twenty minutes."
      : `Its author planned ${age(plannedMs)} for it.`,
  ],
};

const incident: { readonly [T in Incident["type"]]: (event: Extract<Incident, { type: T }>) => string } = {
  "boot-failed": ({ phase, cause }) => `Starting failed in “${phase}”: ${cause}`,
  "check-disputed": ({ note }) => `The student disputes a check${note === undefined ? "." : `: ${note}`}`,
  "nested-shell": ({ program, terminal }) =>
    `“${program}” runs inside terminal ${terminal}: what is typed in it is in the recording, but not among the commands.`,
  "integration-lost": ({ terminal, cause }) => `Terminal ${terminal} no longer tells its commands: ${cause}`,
  "runtime-touched": ({ file, cause }) => `Somebody touched ${file}: ${cause}`,
  "clock-jump": ({ seconds }) => `The clock jumped by ${seconds.toFixed(1)} s.`,
  "storage-failed": ({ stream, cause }) => `“${stream}” could not be written: ${cause}`,
  "storage-recovered": ({ stream, lost }) =>
    `“${stream}” is written again; ${count(lost, "record was", "records were")} lost.`,
  "limit-hit": ({ resource, limit, process }) =>
    `The limit of ${resource} (${limit}) was reached${process === undefined ? "." : ` by ${process}.`}`,
  "lines-skipped": ({ stream, lines }) =>
    `${stream} held ${count(lines.length, "line", "lines")} that could not be read.`,
};

const checkOutcomes: Readonly<Record<CheckOutcome, string>> = {
  passed: "Check passed",
  failed: "Check failed",
  error: "Check could not be run",
  timeout: "Check took too long",
};

/** Every word that the observing modules show. */
export const strings = {
  attention: {
    title: "Needs attention",
    none: "Nothing suggests that help is needed.",
    since: (iso: string) => `since ${clock(iso)}`,
    reason: (reason: StuckReason): readonly [string, string] =>
      (stuck[reason.code] as (reason: StuckReason) => readonly [string, string])(reason),
  },
  steps: {
    title: "Steps",
    progress: (done: number, of: number) => `${done} of ${of} done`,
    states: {
      locked: "locked",
      open: "not started",
      current: "working on it",
      passed: "passed",
      completed: "marked as done",
      solved: "solved for them",
    },
    time: (ms: number) => age(ms),
    planned: (ms: number) => `planned ${age(ms)}`,
    current: "here now",
    failedChecks: (n: number) => count(n, "failed check", "failed checks"),
  },
  commands: {
    title: "Commands",
    search: "Search commands",
    failedOnly: "Failed only",
    columns: { time: "Time", terminal: "Terminal", command: "Command", exit: "Exit", duration: "Took" },
    none: "No command has finished yet.",
    noMatch: "No command fits.",
    earlier: (n: number) => `Show ${count(n, "earlier command", "earlier commands")}`,
    play: (command: string) => `Play the recording from “${command}”`,
    playShort: "Play from here",
    unverified: "not verified",
    noExit: "–",
    noExitTitle: "The shell ended or was replaced before it could say",
    redacted: "a secret was masked",
    truncated: "shortened",
    off: "Commands are not recorded in this workspace.",
  },
  checks: {
    title: "Checks",
    none: "Nothing has been checked yet.",
    outcome: { passed: "passed", failed: "not there yet", error: "could not be run", timeout: "took too long" },
    trigger: {
      student: "by the student",
      auto: "by itself",
      instructor: "by an instructor",
      manager: "by the manager",
    },
    counts: (passed: number, of: number) => `${passed} of ${of}`,
    took: (ms: number) => `took ${duration(ms)}`,
    results: {
      status: { passed: "Passed", failed: "Not there yet", skipped: "Not looked at", error: "Could not be checked" },
      expected: "Expected",
      found: "Found",
    },
  },
  help: {
    title: "Help",
    none: "No help was opened and nothing was asked.",
    opened: { hints: "Opened the hints", explain: "Opened the explanation", solve: "Opened the solution" } as Readonly<
      Record<string, string>
    >,
    asked: "Asked",
    answer: "Answer",
    outcome: {
      answered: "",
      shortened: "The answer was cut at its longest length.",
      cut: "The answer broke off.",
      failed: "There was no answer.",
      cancelled: "They did not wait for the answer.",
    },
  },
  incidents: {
    title: "Log notes",
    none: "Nothing remarkable about the log.",
    text: (event: Incident): string => (incident[event.type] as (event: Incident) => string)(event),
    missing: (n: number) => `${count(n, "record is", "records are")} missing: the numbers in the files tell.`,
    skipped: (n: number) => `${count(n, "line", "lines")} of the files could not be read.`,
  },
  presence: {
    here: (pages: number) => (pages === 1 ? "Student is here" : `Student is here, in ${pages} pages`),
    away: "Student is away",
    watching: (others: number) =>
      others <= 0 ? "" : `${count(others, "other instructor", "other instructors")} watching`,
  },
  live: {
    title: "Live terminal",
    label: (name: string) => `Terminal ${name}, to look at only`,
    tab: (name: string) => `Terminal ${name}`,
    readOnly: "You only watch. What you type goes nowhere, and the student sees that somebody is watching.",
    missing: {
      basic: (shell: string) =>
        `This ${shell} is old: a command is listed when it is over, without its start and duration.`,
      none: (shell: string) => `${shell} does not say what it runs: what is typed here is not among the commands.`,
    },
    none: "No terminal is open.",
    off: "This workspace has no web terminal.",
    ended: (code: number | undefined) =>
      code === undefined ? "The shell has ended." : `The shell has ended with ${code}.`,
    lost: "The connection is lost; trying again.",
  },
  playback: {
    title: "Recordings",
    choose: "Recording",
    option: (terminal: string, startedAt: string, isLive: boolean) =>
      `Terminal ${terminal} from ${day(startedAt)}, ${clock(startedAt)}${isLive ? " (live)" : ""}`,
    part: (part: number, of: number) => `, part ${part} of ${of}`,
    inParts: "This recording is too large to play in one go, so it plays in parts. The screen of a part begins empty.",
    none: "Nothing is recorded yet.",
    off: "Terminals are not recorded in this workspace.",
    loading: "Loading the recording…",
    failed: (cause: string) => `The recording could not be loaded: ${cause}`,
    again: "Try again",
    reload: "Load what has come since",
    speed: "Speed",
    firstError: "First error",
    noError: "No command of this recording failed",
    skipPauses: "Skip pauses",
    download: (size: string) => `Download (${size})`,
    search: "Search the timeline",
    timeline: "Timeline",
    noTimeline: "Nothing on the timeline.",
    command: (exit: number | undefined) =>
      exit === undefined ? "Command" : exit === 0 ? "Command, worked" : `Command, exit ${exit}`,
    check: (outcome: CheckOutcome, step: string) => `${checkOutcomes[outcome]}: ${step}`,
    step: (id: string) => `Step ${id}`,
    tooLarge: (size: string) =>
      `This recording is ${size}: too large to play here. Download it and play it with asciinema.`,
    position: (seconds: number) => `${two(Math.floor(seconds / 60))}:${two(Math.floor(seconds % 60))}`,
    player: "Player",
    screen: (terminal: string) => `Recorded screen of terminal ${terminal}`,
    play: "Play",
    pause: "Pause",
    place: "Place in the recording",
  },
} as const;
