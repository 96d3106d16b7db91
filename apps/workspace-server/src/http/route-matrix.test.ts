import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { createPresenceList } from "../instructor/presence.ts";
import { bearer, openTestServer, type TestServer, tokens } from "../testing/open-test-server.ts";
import { type RouteCase, routeCases } from "../testing/route-cases.ts";
import { createApp } from "./app.ts";
import { createEventStream } from "./event-stream.ts";
import { upgradeRoutes } from "./upgrade-routes.ts";

const cookie = "atelier_111111112222";
let opened: TestServer;
let cases = 0;
before(async () => {
  opened = await openTestServer();
});
after(() => opened[Symbol.asyncDispose]());

const routesOfApp = (): readonly string[] => {
  const app = createApp({
    rules: () => undefined,
    service: () => undefined,
    boot: () => ({ phase: "config", elapsedMs: 0 }),
    events: createEventStream(),
    uiFolder: "",
    instructor: () => undefined,
    instructorFolder: "",
    presence: createPresenceList(),
    contentFolder: () => "",
    onError: () => {},
    onWork: () => {},
  });
  return [
    ...new Set(app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`)),
  ];
};

test("every route of the router has a case", () => {
  assert.deepEqual([...routesOfApp()].sort(), Object.keys(routeCases).sort());
});

const foreignHosts = (port: number): readonly string[] => [
  "evil.example",
  `evil.example:${port}`,
  `127.0.0.1:${port + 1}`,
  "127.0.0.1",
  `127.0.0.1:${port}.evil.example`,
  `127.0.0.1.:${port}`,
  `W.localhost:${port}`,
  `w.localhost.:${port}`,
  `x.w.localhost:${port}`,
  `2130706433:${port}`,
  `0.0.0.0:${port}`,
  `[::1]:${port}`,
  `localhost:${port}`,
];
/** Names that answer with 127.0.0.1 on their second look-up, or are made to look like ours. */
const rebindingHosts = (port: number): readonly string[] => [
  `7f000001.c0a80001.rbndr.us:${port}`,
  `make-127-0-0-1-rebind-127-0-0-1-rr.1u.ms:${port}`,
  `127.0.0.1.nip.io:${port}`,
  `localtest.me:${port}`,
  `w.localhost.evil.example:${port}`,
  `w-localhost:${port}`,
  `127.1:${port}`,
  `0x7f.0.0.1:${port}`,
  `[::ffff:127.0.0.1]:${port}`,
];
const foreignOrigins = (port: number): readonly string[] => [
  "null",
  "http://evil.example",
  `http://127.0.0.1:${port}.evil.example`,
  `http://evil-127.0.0.1:${port}`,
  `https://127.0.0.1:${port}`,
  `http://127.0.0.1:${port + 1}`,
  `http://127.0.0.1:${port}/`,
  `http://user@127.0.0.1:${port}`,
  `HTTP://127.0.0.1:${port}`,
  `http://p8080.w.localhost:${port}`,
];

/** Whatever carries no right at all. */
const wrongCredentials: readonly Record<string, string>[] = [
  {},
  bearer(""),
  bearer("x".repeat(43)),
  bearer(tokens.student.slice(1)),
  bearer(`${tokens.student}s`),
  bearer(tokens.instructor.slice(1)),
  bearer(`${tokens.instructor}i`),
  bearer(tokens.control),
  { Cookie: `${cookie}=${tokens.control}` },
  { Cookie: `${cookie}_i=${tokens.control}` },
  { Cookie: `atelier_x=${tokens.student}` },
  { Cookie: `atelier_x_i=${tokens.instructor}` },
  // Each role has its own cookie: a student's token in the instructor's is none.
  { Cookie: `${cookie}_i=${tokens.student}` },
  { Authorization: `Basic ${tokens.student}` },
  { Authorization: tokens.student },
  { Authorization: `Basic ${tokens.instructor}` },
];
/** Rights of another role. */
const studentCredentials: readonly Record<string, string>[] = [
  bearer(tokens.student),
  { Cookie: `${cookie}=${tokens.student}` },
  // An authorization that is there counts alone, whatever cookies say.
  { ...bearer(tokens.student), Cookie: `${cookie}_i=${tokens.instructor}` },
];

const tokenOf = ({ who }: RouteCase): string => (who === "instructor" ? tokens.instructor : tokens.student);

for (const [name, route] of Object.entries(routeCases))
  test(`${name} answers its own and refuses every wrong Host, Origin and token`, async () => {
    const { method, path, body, who, ok } = route;
    const own = opened.origin;
    const right = { ...bearer(tokenOf(route)), ...(method === "GET" ? {} : { Origin: own }) };
    const statusOf = async (headers: Readonly<Record<string, string>>): Promise<number> => {
      cases++;
      return (await opened.call(method, path, headers, body)).status;
    };
    assert.equal(await statusOf(right), ok);
    for (const Host of [...foreignHosts(opened.port), ...rebindingHosts(opened.port)]) {
      const status = await statusOf({ ...right, Host });
      assert.ok(status === 421 || status === 400, `Host ${Host}: ${status}`);
    }
    for (const Origin of foreignOrigins(opened.port))
      assert.equal(await statusOf({ ...right, Origin }), 403, `Origin ${Origin}`);
    if (who === "everybody") return;
    for (const wrong of wrongCredentials)
      assert.equal(await statusOf({ ...wrong, Origin: own }), 401, JSON.stringify(wrong));
    if (who === "instructor")
      for (const other of studentCredentials)
        assert.equal(await statusOf({ ...other, Origin: own }), 401, JSON.stringify(other));
    if (method !== "GET")
      assert.equal(
        await statusOf({ Cookie: `${cookie}=${tokenOf(route)}` }),
        403,
        "a cookie without an Origin changes nothing",
      );
  });

/** Who may upgrade where. `origin`: whether a page of ours asks, or no page at all. */
const upgradeCases: Readonly<
  Record<string, { readonly path: string; readonly who: "student" | "instructor" | "control" }>
> = {
  "/api/control": { path: "/api/control", who: "control" },
  "/api/terminals/:name": { path: "/api/terminals/1", who: "student" },
  "/api/instructor/terminals/:name": { path: "/api/instructor/terminals/1", who: "instructor" },
};

test("every upgrade has a case", () => {
  assert.deepEqual(upgradeRoutes.map(({ path }) => path).sort(), Object.keys(upgradeCases).sort());
});

for (const [name, { path, who }] of Object.entries(upgradeCases))
  test(`the upgrade ${name} is for its own and nobody else`, async () => {
    const own: Record<string, string> = who === "control" ? {} : { Origin: opened.origin };
    const statusOf = async (headers: Readonly<Record<string, string>>): Promise<number> => {
      cases++;
      return opened.upgrade(path, headers);
    };
    assert.equal(await statusOf({ ...bearer(tokens[who]), ...own }), 101);
    if (who === "control")
      assert.equal(await statusOf({ ...bearer(tokens.control), Origin: opened.origin }), 403, "a page is no manager");
    else {
      const jar = who === "student" ? cookie : `${cookie}_i`;
      assert.equal(await statusOf({ Cookie: `${jar}=${tokens[who]}`, ...own }), 101);
      assert.equal(await statusOf({ Cookie: `${jar}=${tokens[who]}` }), 403, "no Origin");
      assert.equal(await statusOf(bearer(tokens[who])), 403, "no Origin, also with a token");
    }
    for (const Origin of foreignOrigins(opened.port))
      assert.equal(await statusOf({ ...bearer(tokens[who]), Origin }), 403, Origin);
    for (const Host of [...foreignHosts(opened.port), ...rebindingHosts(opened.port)])
      assert.notEqual(await statusOf({ ...bearer(tokens[who]), ...own, Host }), 101, Host);
    const others = [
      ...wrongCredentials.filter((wrong) => who !== "control" || wrong["Authorization"] !== `Bearer ${tokens.control}`),
      ...(who === "instructor" || who === "control" ? studentCredentials : []),
      ...(who === "control" ? [bearer(tokens.instructor), { Cookie: `${cookie}_i=${tokens.instructor}` }] : []),
    ];
    for (const wrong of others) assert.equal(await statusOf({ ...wrong, ...own }), 401, JSON.stringify(wrong));
  });

test("paths that look like an upgrade's lead nowhere", async () => {
  for (const path of [
    "/api/terminals/9",
    "/api/terminals/..%2f1",
    "/api/terminals/1/",
    "/",
    "/api/events",
    "/api/instructor/terminals/9",
    "/api/instructor/terminals/..%2f1",
    "/api/instructor/events",
    "/instructor/",
  ])
    assert.equal(await opened.upgrade(path, { ...bearer(tokens.instructor), Origin: opened.origin }), 404, path);
});

test("a preview is for the manager alone, whatever Host, Origin and cookies say", async () => {
  const program = createServer((_request, response) => response.end("the student's program"));
  await new Promise<void>((resolve) => program.listen(0, "127.0.0.1", resolve));
  const { port } = program.address() as AddressInfo;
  const path = `/preview/${port}/`;
  try {
    assert.equal((await opened.call("GET", path, { "atelier-control": tokens.control })).text, "the student's program");
    const given: readonly Record<string, string>[] = [
      {},
      ...["", tokens.student, tokens.instructor, tokens.control.slice(1), `${tokens.control}c`, "x".repeat(43)].map(
        (token) => ({ "atelier-control": token }),
      ),
      bearer(tokens.control),
      ...wrongCredentials,
      ...studentCredentials,
      bearer(tokens.instructor),
    ];
    for (const headers of given)
      for (const Origin of [opened.origin, "null", "http://evil.example"])
        for (const Host of [`127.0.0.1:${opened.port}`, "evil.example", `localhost:${port}`]) {
          cases++;
          const { status } = await opened.call("GET", path, { ...headers, Origin, Host });
          assert.equal(status, 404, JSON.stringify({ ...headers, Origin, Host }));
        }
    for (const headers of given) {
      cases++;
      assert.notEqual(await opened.upgrade(path, { ...headers, Origin: opened.origin }), 101, JSON.stringify(headers));
    }
  } finally {
    await new Promise((resolve) => program.close(resolve));
  }
});

test("the matrix is as large as it is meant to be", () => {
  assert.ok(cases >= 1500, `${cases} cases`);
});
