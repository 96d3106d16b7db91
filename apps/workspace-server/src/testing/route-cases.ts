import { tokens } from "./open-test-server.ts";

/** A request that its own surface answers. */
export interface RouteCase {
  readonly method: string;
  readonly path: string;
  /** Whose token opens it, besides the instructor's: everybody, the student, or nobody. */
  readonly who: "everybody" | "student" | "instructor";
  readonly body?: string;
  readonly ok: number;
}

/** Every route of the router. One that is not here fails the matrix: write down who may, and a request that works. */
export const routeCases: Readonly<Record<string, RouteCase>> = {
  "GET /api/boot": { method: "GET", path: "/api/boot", who: "everybody", ok: 200 },
  "GET /login": { method: "GET", path: `/login?token=${tokens.student}`, who: "everybody", ok: 303 },
  "GET /": { method: "GET", path: "/", who: "everybody", ok: 200 },
  "GET /assets/*": { method: "GET", path: "/assets/app-1.js", who: "everybody", ok: 200 },
  "GET /favicon.svg": { method: "GET", path: "/favicon.svg", who: "everybody", ok: 404 },
  "GET /api/workspace": { method: "GET", path: "/api/workspace", who: "student", ok: 200 },
  "GET /api/steps/:id": { method: "GET", path: "/api/steps/one", who: "student", ok: 200 },
  "GET /api/pages/:page": { method: "GET", path: "/api/pages/intro", who: "student", ok: 200 },
  "POST /api/steps/:id/check": { method: "POST", path: "/api/steps/one/check", who: "student", ok: 200 },
  "POST /api/steps/:id/dispute": {
    method: "POST",
    path: "/api/steps/one/dispute",
    who: "student",
    body: '{"note":"It is there!"}',
    ok: 201,
  },
  "GET /api/disputes/:id": { method: "GET", path: "/api/disputes/no-such", who: "student", ok: 404 },
  "POST /api/steps/:id/complete": { method: "POST", path: "/api/steps/one/complete", who: "student", ok: 409 },
  "POST /api/steps/:id/enter": { method: "POST", path: "/api/steps/one/enter", who: "student", ok: 200 },
  "GET /api/steps/:id/help/:level": { method: "GET", path: "/api/steps/one/help/hints", who: "student", ok: 200 },
  "GET /api/steps/:id/help/context": {
    method: "GET",
    path: "/api/steps/one/help/context?level=solve",
    who: "student",
    ok: 200,
  },
  "POST /api/steps/:id/ask": {
    method: "POST",
    path: "/api/steps/one/ask",
    who: "student",
    body: '{"question":"Why?","level":"hints"}',
    ok: 200,
  },
  "POST /api/requests": { method: "POST", path: "/api/requests", who: "student", body: '{"kind":"reset"}', ok: 503 },
  "GET /api/leaving": { method: "GET", path: "/api/leaving", who: "student", ok: 200 },
  "GET /api/replaced": { method: "GET", path: "/api/replaced", who: "student", ok: 200 },
  "POST /api/replaced": {
    method: "POST",
    path: "/api/replaced",
    who: "student",
    body: '{"unit":"/home/student/none"}',
    ok: 404,
  },
  "GET /api/checkpoints": { method: "GET", path: "/api/checkpoints", who: "student", ok: 200 },
  "GET /api/terminals": { method: "GET", path: "/api/terminals", who: "student", ok: 200 },
  "POST /api/terminals": { method: "POST", path: "/api/terminals", who: "student", ok: 201 },
  "DELETE /api/terminals/:name": { method: "DELETE", path: "/api/terminals/1", who: "student", ok: 204 },
  "GET /api/events": { method: "GET", path: "/api/events", who: "student", ok: 200 },
  "POST /api/steps/:id/blocks/:block/save": {
    method: "POST",
    path: "/api/steps/one/blocks/0/save",
    who: "student",
    body: "{}",
    ok: 200,
  },
  "POST /api/steps/:id/hints/:hint": { method: "POST", path: "/api/steps/one/hints/1", who: "student", ok: 204 },
  "GET /api/files": { method: "GET", path: "/api/files", who: "student", ok: 200 },
  "PUT /api/files/content": { method: "PUT", path: "/api/files/content?path=a", who: "student", body: "A", ok: 200 },
  "GET /api/files/content": { method: "GET", path: "/api/files/content?path=a", who: "student", ok: 200 },
  "POST /api/files/folder": {
    method: "POST",
    path: "/api/files/folder",
    who: "student",
    body: '{"path":"made"}',
    ok: 201,
  },
  "POST /api/files/rename": {
    method: "POST",
    path: "/api/files/rename",
    who: "student",
    body: '{"from":"made","to":"moved"}',
    ok: 200,
  },
  "POST /api/files/remove": {
    method: "POST",
    path: "/api/files/remove",
    who: "student",
    body: '{"path":"moved"}',
    ok: 204,
  },
  "GET /api/files/archive": { method: "GET", path: "/api/files/archive?path=~", who: "student", ok: 200 },
  "GET /api/work": { method: "GET", path: "/api/work", who: "student", ok: 200 },
  "GET /api/work/archive": { method: "GET", path: "/api/work/archive", who: "student", ok: 200 },
  "GET /api/work/recordings": { method: "GET", path: "/api/work/recordings", who: "student", ok: 200 },
  "GET /api/work/recordings/:id": { method: "GET", path: "/api/work/recordings/none", who: "student", ok: 404 },
  "GET /api/work/recordings/:id/parts/:part": {
    method: "GET",
    path: "/api/work/recordings/none/parts/1",
    who: "student",
    ok: 404,
  },
  "GET /api/work/timeline": { method: "GET", path: "/api/work/timeline", who: "student", ok: 200 },
  "POST /api/variables": { method: "POST", path: "/api/variables", who: "student", body: "{}", ok: 204 },
  "POST /api/steps/:id/quizzes/:quiz": {
    method: "POST",
    path: "/api/steps/one/quizzes/none",
    who: "student",
    body: '{"choices":[1]}',
    ok: 404,
  },
  "GET /content/*": { method: "GET", path: "/content/steps/one/assets/a.svg", who: "student", ok: 200 },
  "GET /instructor": { method: "GET", path: "/instructor", who: "everybody", ok: 308 },
  "GET /instructor/": { method: "GET", path: "/instructor/", who: "everybody", ok: 200 },
  "GET /instructor/assets/*": { method: "GET", path: "/instructor/assets/app-1.js", who: "everybody", ok: 200 },
  "GET /instructor/favicon.svg": { method: "GET", path: "/instructor/favicon.svg", who: "everybody", ok: 404 },
  "GET /api/instructor/events": { method: "GET", path: "/api/instructor/events", who: "instructor", ok: 200 },
  "GET /api/instructor/export": { method: "GET", path: "/api/instructor/export", who: "instructor", ok: 200 },
  "GET /api/instructor/recordings": { method: "GET", path: "/api/instructor/recordings", who: "instructor", ok: 200 },
  "GET /api/instructor/recordings/:id": {
    method: "GET",
    path: "/api/instructor/recordings/none",
    who: "instructor",
    ok: 404,
  },
  "GET /api/instructor/recordings/:id/parts/:part": {
    method: "GET",
    path: "/api/instructor/recordings/none/parts/1",
    who: "instructor",
    ok: 404,
  },
};
