import assert from "node:assert/strict";
import { test } from "node:test";
import { engineProxyFinding } from "./engine-proxy-finding.ts";

test("an engine that pulls directly where this shell has a proxy is pointed out, and no password is shown", () => {
  assert.equal(engineProxyFinding({}, {}).found, "directly");
  for (const env of [{ HTTPS_PROXY: "http://p:3128" }, { http_proxy: "http://p:3128" }])
    assert.deepEqual(
      [engineProxyFinding(env, { HttpProxy: "" }).status, engineProxyFinding(env, {}).fix !== ""],
      ["warning", true],
    );
  assert.match(engineProxyFinding({ http_proxy: "http://p" }, {}).found, /while http_proxy is set here/);
  const through = engineProxyFinding({ HTTPS_PROXY: "http://p" }, { HttpsProxy: "http://me:secret@proxy.test:3128" });
  assert.deepEqual([through.status, through.found], ["ok", "through http://proxy.test:3128"]);
});
