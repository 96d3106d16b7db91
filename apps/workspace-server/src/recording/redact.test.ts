import assert from "node:assert/strict";
import { test } from "node:test";
import { createRedactor } from "./redact.ts";

const redact = createRedactor(["hunter22", "a b/c"]);
const cases: readonly [string, string][] = [
  ["echo hunter22", "echo [redacted]"],
  ["curl http://x/?q=a%20b%2Fc", "curl http://x/?q=[redacted]"],
  ["git clone https://me:pw@host/r.git", "git clone https://me:[redacted]@host/r.git"],
  ["curl 'http://x/?access_token=abc&y=1'", "curl 'http://x/?access_token=[redacted]&y=1'"],
  ["mysql -u root -psecret db", "mysql -u root -p[redacted] db"],
  ["mysql -u root -p", "mysql -u root -p"],
  ["psql --password=abc", "psql --password=[redacted]"],
  ["tool --api-key 'a b' go", "tool --api-key [redacted] go"],
  ["export DB_PASSWORD=abc; ls", "export DB_PASSWORD=[redacted]; ls"],
  ["curl -u me:pw http://x", "curl -u me:[redacted] http://x"],
  ['curl -H "Authorization: Bearer abc.def"', 'curl -H "Authorization: Bearer [redacted]"'],
  [`echo ghp_${"a".repeat(36)}`, "echo [redacted]"],
  ["mkdir -p src/app", "mkdir -p src/app"],
  ["docker run -p 8080:80 nginx", "docker run -p 8080:80 nginx"],
  ["cat passwd | grep token", "cat passwd | grep token"],
  ["echo a:b@c", "echo a:b@c"],
];
for (const [input, output] of cases) test(`redacts ${input}`, () => assert.equal(redact(input), output));
