/** Every word of the instructor's page that its modules do not bring. */
export const strings = {
  page: {
    title: (workshop: string) => `${workshop} · Instructor`,
    skip: "Skip to the activity",
    loading: "Reading the session…",
    booting: (phase: string) => `The workspace is starting (${phase}).`,
    brand: "Instructor view",
    activity: "Activity",
    screen: "Terminal",
    overview: "Overview",
  },
  tabs: {
    live: "Live terminal",
    recordings: "Recordings",
    commands: "Commands",
    checks: "Checks",
    help: "Help",
    notes: "Log notes",
  },
  header: {
    export: "Export session",
    exportHint: "One archive: logs, recordings, CSV and JSON summaries",
    theme: "Theme",
    themes: { auto: "Auto", light: "Light", dark: "Dark" },
    student: (name: string) => `Student: ${name}`,
  },
  connection: {
    live: "Live",
    connecting: "Connecting…",
    waiting: (seconds: number) => `Not connected, trying again in ${seconds} s`,
    refused: "Not logged in",
    closed: "Closed",
    now: "Try now",
    lost: "The workspace does not answer. What is shown may be old.",
  },
  access: {
    title: "You are not logged in as an instructor",
    text: "The instructor view opens with a link of its own. Type this where the workspace runs:",
    command: "atelier instructor",
    again: "Try again",
  },
} as const;
