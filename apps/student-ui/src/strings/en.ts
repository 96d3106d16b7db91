import type { BootView, RequestView, StepState } from "@atelier/contract";

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const minutes = (seconds: number): string => {
  const total = Math.max(1, Math.round(seconds / 60));
  const hours = Math.floor(total / 60);
  const rest = total % 60;
  if (hours === 0) return `${total} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
};

/** Every word of the student's page. A translation is another object of this type. */
export const en = {
  language: "en",
  documentTitle: (workshop: string, page: string) => `${page} · ${workshop}`,
  duration: minutes,
  seconds: (count: number) => plural(count, "second", "seconds"),
  skipToContent: "Skip to the text",
  skipToTerminal: "Skip to the terminal",

  header: {
    progress: (done: number, of: number) => `${done} of ${plural(of, "step", "steps")} done`,
    steps: "Steps",
    timeLeft: (left: string) => `${left} left`,
    timeUp: "Time is up",
    extend: "Extend",
    recording: "Recorded",
    recordingDetail: {
      both: "Commands and the terminal screen are recorded in this workspace.",
      commands: "The commands you type are recorded in this workspace.",
      terminal: "The terminal screen is recorded in this workspace.",
    },
    privileged: "You have root rights here, so the record could be altered from inside.",
    connection: {
      connecting: "Connecting…",
      live: "Connected",
      waiting: (seconds: number) => `Reconnecting in ${seconds} s`,
      refused: "Not signed in",
      closed: "Disconnected",
    },
    reconnectNow: "Reconnect now",
    layout: "Layout",
    layouts: { text: "Text only", both: "Text and terminal", terminal: "Terminal only" },
    settings: "Settings",
  },

  settings: {
    title: "Settings",
    theme: "Theme",
    themes: { auto: "Auto", light: "Light", dark: "Dark" },
    fontSize: "Terminal font size",
    smaller: "Smaller",
    larger: "Larger",
    screenReader: "Screen reader mode",
    screenReaderHint: "The terminal reads its output aloud. Full-screen programs stay hard to follow.",
    keyboard: "Keyboard",
    leaveTerminal: "Leave or enter the terminal",
    search: "Search in the terminal",
    copy: "Copy, paste in the terminal",
  },

  steps: {
    heading: "Steps",
    intro: "Introduction",
    finish: "Wrap-up",
    state: {
      locked: "Locked",
      open: "Not started",
      current: "In progress",
      passed: "Done",
      completed: "Done",
      solved: "Solved for you",
    } satisfies Record<StepState, string>,
    locked: (reason: string | undefined) => reason ?? "Finish the step before this one first.",
    position: (number: number, of: number) => `Step ${number} of ${of}`,
    duration: (text: string) => `about ${text}`,
    previous: "Previous",
    next: "Next",
    nextNamed: (title: string) => `Next: ${title}`,
    toFinish: "Finish",
    backToWork: (title: string) => `You are working on “${title}”.`,
    workHere: "Move my workspace here",
    reset: "Start this step over",
    solve: "Solve it for me",
    more: "More",
  },

  content: {
    copy: "Copy",
    copied: "Copied",
    copyFailed: "Copying was refused: select the text and copy it by hand",
    run: "Run",
    runIn: (terminal: string) => `Run in terminal ${terminal}`,
    ran: "Typed into the terminal",
    notConnected: "The terminal is not connected yet",
    programInFront: "A full-screen program is open in the terminal. Leave it first, then run this.",
    loading: "Loading the text…",
    retry: "Try again",
    failed: "The text could not be loaded",
    empty: "The author has not written a text for this page.",
    admonition: { note: "Note", tip: "Tip", important: "Important", warning: "Warning", caution: "Caution" } as Record<
      string,
      string
    >,
    opensElsewhere: "(opens in a new tab)",
  },

  check: {
    button: "Check my work",
    again: "Check again",
    running: "Checking…",
    runningFor: (seconds: number) => `Checking… ${seconds} s`,
    selfComplete: "Mark as done",
    noCheck: "This step has no automatic check: you decide when it is done.",
    passed: "All checks passed",
    failed: (failed: number, of: number) => `${failed} of ${of} not there yet`,
    error: "The check itself could not run",
    timeout: "The check took too long and was stopped",
    errorHint: "This is not your mistake. Try again; if it stays, tell your instructor or the author.",
    solved: "This step was solved for you",
    completed: "You marked this step as done",
    showPassed: (count: number) => `${plural(count, "passed check", "passed checks")}`,
    showMore: "Show the results",
    showLess: "Hide the results",
    details: "Details",
    at: (time: string, took: string) => `Checked at ${time}, took ${took}`,
    expected: "Expected",
    found: "Found",
    status: { passed: "Passed", failed: "Not there yet", skipped: "Skipped", error: "Could not be checked" },
    couldNotStart: "The check could not be started",
    announcePassed: "All checks passed.",
    announceFailed: (failed: number, of: number) => `${failed} of ${plural(of, "check", "checks")} not there yet.`,
    milliseconds: (ms: number) => (ms < 950 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`),
  },

  help: {
    heading: "Stuck?",
    level: { hints: "Show a hint", explain: "Explain it", solve: "Show the solution" },
    opened: { hints: "Hint", explain: "Explanation", solve: "Solution" },
    note: "Opening help is noted in your record. That is fine: it is there to be used.",
    confirmSolve: "Show the solution?",
    confirmSolveText: "Have another try first if you can. The solution tells every command of this step.",
    confirmSolveButton: "Show it",
  },

  terminal: {
    label: (name: string) => `Terminal ${name}`,
    tabs: "Terminals",
    heading: "Terminal",
    open: "New terminal",
    close: "Close this terminal",
    confirmClose: (name: string) => `Close terminal ${name}?`,
    confirmCloseText: "Programs still running in it will be ended.",
    search: "Search",
    searchLabel: "Search in the terminal",
    searchNext: "Next match",
    searchPrevious: "Previous match",
    searchNone: "No match",
    searchEnd: "End search",
    leave: (chord: string) => `${chord} leaves the terminal`,
    connecting: "Connecting to the shell…",
    starting: "Starting the shell…",
    waiting: (seconds: number) => `Connection lost. Trying again in ${seconds} s`,
    waitingHint: "Your shell goes on running. What you type now is not sent.",
    retryNow: "Try now",
    exited: (code: number | undefined) =>
      code === undefined ? "The shell has ended" : `The shell has ended with exit code ${code}`,
    restart: "Restart shell",
    closed: "This terminal has been closed",
    readOnly: "Watching only: typing is off",
    empty: "No terminal is open",
    off: "The web terminal is turned off for this workspace.",
    keys: "Terminal keys",
    linkTarget: (address: string) => `Opens ${address}`,
    openFailed: "The terminal could not be opened",
    closeFailed: "The terminal could not be closed",
  },

  boot: {
    heading: "Getting your workspace ready",
    failedHeading: "Your workspace did not start",
    standbyHeading: "Waiting for its turn",
    phase: {
      config: "Receiving its settings",
      lease: "Taking over the workspace",
      restore: "Bringing back your files",
      onStart: "Starting what the workshop needs",
      terminal: "Opening the shell",
      ready: "Ready",
      failed: "Failed",
      standby: "In standby",
    } satisfies Record<BootView["phase"], string>,
    progress: (done: number, of: number) => `${done} of ${of}`,
    elapsed: (seconds: number) => `${seconds} s`,
    deadline: (seconds: number) => `Gives up after ${seconds} s`,
    meanwhile: "You can already read the text.",
    cause: "Cause",
    output: "Output",
    failedHint: "Stop and start the workspace again. If it fails again, send this page to the author of the workshop.",
    tryAgain: "Look again",
    done: "done",
    current: "in progress",
    pending: "to come",
  },

  intro: {
    steps: "What you will do",
    facts: "About this workshop",
    duration: "Duration",
    difficulty: "Level",
    levels: { beginner: "Beginner", intermediate: "Intermediate", advanced: "Advanced" } as Record<string, string>,
    authors: "By",
    navigation: "Order",
    navigations: { linear: "One step after the other", free: "Any order you like", guided: "Some steps open others" },
    recordingHeading: "What is recorded",
    recording: {
      both: "The commands you type, with their exit codes, and what the terminal shows are recorded inside this workspace, together with your check results.",
      commands:
        "The commands you type, with their exit codes, are recorded inside this workspace, together with your check results.",
      terminal: "What the terminal shows is recorded inside this workspace, together with your check results.",
      none: "Neither commands nor the screen are recorded. Your check results and progress are kept in this workspace.",
    },
    start: "Start the workshop",
    goOn: (title: string) => `Go on with “${title}”`,
  },

  finish: {
    doneHeading: "Well done!",
    openHeading: "Almost there",
    done: (title: string) => `You have finished “${title}”.`,
    open: (count: number) => `${plural(count, "step is", "steps are")} still open.`,
    achieved: "What you did",
    feedback: "Give feedback",
    back: "Back to the steps",
  },

  request: {
    confirm: {
      next: {
        title: "Go on to the next step?",
        text: "Your workspace moves on to a fresh copy of the next step. Your files come along; running programs end.",
        button: "Go on",
      },
      goto: {
        title: "Move your workspace to this step?",
        text: "You get a clean workspace as this step begins. Your files of now are not taken along, they are saved and can be brought back. Running programs end.",
        button: "Move there",
      },
      reset: {
        title: "Start this step over?",
        text: "Your workspace goes back to how this step begins. What you changed since is taken away; it is saved and can be brought back. Running programs end.",
        button: "Start over",
      },
      solve: {
        title: "Have this step solved for you?",
        text: "Your workspace moves to the finished state of this step. It counts as solved, not as passed. Running programs end.",
        button: "Solve it",
      },
    },
    cancel: "Cancel",
    outstanding: {
      next: "Moving on to the next step…",
      goto: "Moving your workspace…",
      reset: "Starting the step over…",
      solve: "Solving the step…",
      extend: "Asking for more time…",
      undo: "Undoing…",
      restore: "Bringing your files back…",
    },
    goOnAnyway: "Go on all the same",
    state: {
      outstanding: "Under way",
      done: "Done",
      refused: "Not possible now",
      failed: "Did not work",
    } satisfies Record<RequestView["state"], string>,
  },

  access: {
    refusedTitle: "This workspace needs its link",
    refusedText:
      "You are not signed in, or the link has been replaced. Open the workspace with the link that the command line prints:",
    refusedCommand: "atelier open",
    unreachableTitle: "The workspace does not answer",
    unreachableText: "It may be stopped, or your network is away. This page tries again by itself.",
    unreachableCommand: "atelier start",
    reconnecting: (seconds: number) => `Trying again in ${seconds} s`,
    reconnectingNow: "Trying…",
    retry: "Try now",
    loading: "Opening your workspace…",
  },

  notice: { dismiss: "Dismiss", heading: "Notice" },
  resize: "Resize text and terminal",
  tabs: { text: "Text", terminal: "Terminal", label: "What to show" },
  problem: { network: "The workspace did not answer", unexpected: "The workspace answered with something unexpected" },
} as const;

export type Strings = typeof en;

/** The catalogue in use. */
export const strings = en;
