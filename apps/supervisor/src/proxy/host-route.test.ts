import assert from "node:assert/strict";
import { test } from "node:test";
import { routeOfHost } from "./host-route.ts";

const kindOf = (host: string | undefined): unknown => {
  const route = routeOfHost(host, 7700);
  return route.kind === "preview"
    ? `${route.workspace}:${route.port}`
    : route.kind === "workspace"
      ? `${route.workspace}`
      : route.kind;
};

test("each host leads to one place, and everything unusual nowhere", () => {
  const cases: Record<string, string> = {
    "127.0.0.1:7700": "management",
    "localhost:7700": "management",
    "linux-basics.localhost:7700": "linux-basics",
    "p3000.linux-basics.localhost:7700": "linux-basics:3000",
    "p65535.a.localhost:7700": "a:65535",
    "p80.a.localhost:7700": "a:80",
    "p3000.localhost:7700": "p3000",
  };
  const hostile = [
    "",
    "localhost",
    "127.0.0.1",
    "localhost:80",
    "127.0.0.1:77000",
    "evil.example:7700",
    "a.localhost.:7700",
    "A.localhost:7700",
    "a.localhost.evil.example:7700",
    "x@a.localhost:7700",
    "p0.a.localhost:7700",
    "p03000.a.localhost:7700",
    "p70000.a.localhost:7700",
    "p3000.b.a.localhost:7700",
    ".localhost:7700",
    "-a.localhost:7700",
    "p3000..localhost:7700",
    "[::1]:7700",
    "0.0.0.0:7700",
    "2130706433:7700",
    "127.1:7700",
    "a.localhost:7700:7700",
    "a.localhost:7700 ",
    "a_b.localhost:7700",
    "p3000é.a.localhost:7700",
    "p３000.a.localhost:7700",
    "a%2elocalhost:7700",
    "a.localhost\t:7700",
  ];
  for (const [host, want] of Object.entries(cases)) assert.equal(kindOf(host), want, host);
  for (const host of [undefined, ...hostile]) assert.equal(kindOf(host), "unknown", String(host));
});
