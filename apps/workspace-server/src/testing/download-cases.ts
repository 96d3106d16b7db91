import { randomBytes } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { encodeCastEvent, encodeCastHeader } from "@atelier/contract";
import { tokens, type TestServer } from "./open-test-server.ts";
import { routeCases } from "./route-cases.ts";

/** A route whose answer is as large as what the student has. */
export interface DownloadCase {
  readonly token: string;
  readonly path: string;
  /** More than any buffer between the two ends holds. */
  readonly leastBytes: number;
}

const megabyte = 1024 * 1024;
const ids = new Map<string, string>();
const recording = (terminal: string): string => ids.get(terminal) ?? "none";

/** Every download, by the name of its route and, after a `#`, the kind of it. */
export const downloadCases: Readonly<Record<string, () => DownloadCase>> = {
  "GET /api/files/content": () => ({
    token: tokens.student,
    path: "/api/files/content?path=~/folder/one.bin&download",
    leastBytes: 6 * megabyte,
  }),
  "GET /api/files/archive": () => ({
    token: tokens.student,
    path: "/api/files/archive?path=~/folder",
    leastBytes: 7 * megabyte,
  }),
  "GET /api/work/archive": () => ({ token: tokens.student, path: "/api/work/archive", leastBytes: 14 * megabyte }),
  "GET /api/work/recordings/:id": () => ({
    token: tokens.student,
    path: `/api/work/recordings/${recording("whole")}`,
    leastBytes: 6 * megabyte,
  }),
  "GET /api/work/recordings/:id#rotated": () => ({
    token: tokens.student,
    path: `/api/work/recordings/${recording("rotated")}`,
    leastBytes: 6 * megabyte,
  }),
  "GET /api/work/recordings/:id/parts/:part": () => ({
    token: tokens.student,
    path: `/api/work/recordings/${recording("whole")}/parts/1`,
    leastBytes: 6 * megabyte,
  }),
  "GET /api/instructor/export": () => ({
    token: tokens.instructor,
    path: "/api/instructor/export",
    leastBytes: 6 * megabyte,
  }),
  "GET /api/instructor/recordings/:id": () => ({
    token: tokens.instructor,
    path: `/api/instructor/recordings/${recording("whole")}`,
    leastBytes: 6 * megabyte,
  }),
  "GET /api/instructor/recordings/:id#rotated": () => ({
    token: tokens.instructor,
    path: `/api/instructor/recordings/${recording("rotated")}`,
    leastBytes: 6 * megabyte,
  }),
  "GET /api/instructor/recordings/:id/parts/:part": () => ({
    token: tokens.instructor,
    path: `/api/instructor/recordings/${recording("rotated")}/parts/2`,
    leastBytes: 3 * megabyte,
  }),
};

/** Answers that end by themselves at once, or streams of events with tests of their own. */
const noDownloads = [
  "GET /api/boot",
  "GET /login",
  "GET /",
  "GET /assets/*",
  "GET /favicon.svg",
  "GET /api/workspace",
  "GET /api/steps/:id",
  "GET /api/pages/:page",
  "GET /api/disputes/:id",
  "GET /api/steps/:id/help/:level",
  "GET /api/steps/:id/help/context",
  "GET /api/leaving",
  "GET /api/replaced",
  "GET /api/checkpoints",
  "GET /api/terminals",
  "GET /api/events",
  "GET /api/files",
  "GET /api/work",
  "GET /api/work/recordings",
  "GET /api/work/timeline",
  "GET /content/*",
  "GET /instructor",
  "GET /instructor/",
  "GET /instructor/assets/*",
  "GET /instructor/favicon.svg",
  "GET /api/instructor/events",
  "GET /api/instructor/recordings",
];

/** Routes that neither are a download with a case nor are said to be none; and those that do not exist. */
export const unsettledRoutes = (): readonly string[] => {
  const settled = [
    ...new Set([...Object.keys(downloadCases).map((name) => name.split("#", 1)[0] ?? "")]),
    ...noDownloads,
  ];
  const routes = Object.keys(routeCases).filter((name) => name.startsWith("GET "));
  return [...routes.filter((name) => !settled.includes(name)), ...settled.filter((name) => !routes.includes(name))];
};

/** Work that no compression makes small, and long recordings: one in a single part, one rotated. */
export const fillWithWork = async (server: TestServer): Promise<void> => {
  for (const [name, megabytes] of [
    ["one", 6],
    ["two", 1],
  ] as const) {
    await server.write(`home/folder/${name}.bin`, "");
    await appendFile(server.at("home", "folder", `${name}.bin`), randomBytes(megabytes * megabyte));
  }
  const part = async (start: string, { terminal, number }: { terminal: string; number: number }, bytes: number) => {
    const name = `session-${start}-${terminal}${number === 1 ? "" : `-${number}`}.cast`;
    const lines = [
      encodeCastHeader({
        width: 80,
        height: 24,
        timestamp: 1_767_225_600,
        atelier: { terminal, part: number, offset: number - 1 },
      }),
    ];
    for (let size = 0; size < bytes; size += 64 * 1024)
      lines.push(encodeCastEvent(0.01, "o", randomBytes(48 * 1024).toString("base64")));
    await server.write(`runtime/${name}`, lines.join(""));
  };
  await part("20260101T000000Z", { terminal: "whole", number: 1 }, 6 * megabyte);
  await part("20260101T000001Z", { terminal: "rotated", number: 1 }, 3 * megabyte);
  await part("20260101T000001Z", { terminal: "rotated", number: 2 }, 3 * megabyte);
  const { text } = await server.call("GET", "/api/work/recordings", { Authorization: `Bearer ${tokens.student}` });
  for (const { id, terminal } of JSON.parse(text) as { id: string; terminal: string }[]) ids.set(terminal, id);
};
