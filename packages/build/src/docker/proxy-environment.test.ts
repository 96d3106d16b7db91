import assert from "node:assert/strict";
import { test } from "node:test";
import { proxyEnvironment } from "./proxy-environment.ts";

test("without a proxy there is nothing to say", () => {
  assert.deepEqual(proxyEnvironment({ PATH: "/bin", NO_PROXY: "localhost" }, undefined), {});
});

test("a machine's proxy is passed on in both spellings", () => {
  assert.deepEqual(proxyEnvironment({ https_proxy: "http://proxy.test:3128", NO_PROXY: ".test" }, {}), {
    HTTPS_PROXY: "http://proxy.test:3128",
    https_proxy: "http://proxy.test:3128",
    NO_PROXY: ".test",
    no_proxy: ".test",
  });
});

test("what the docker CLI gives containers comes first", () => {
  const config = { auths: {}, proxies: { default: { httpProxy: "http://inside.test:1" } } };
  assert.deepEqual(proxyEnvironment({ HTTP_PROXY: "http://outside.test:2" }, config), {
    HTTP_PROXY: "http://inside.test:1",
    http_proxy: "http://inside.test:1",
  });
});

test("a proxy on this machine's loopback is out of a container's reach", () => {
  for (const proxy of ["http://127.0.0.1:3128", "localhost:8080", "http://me:secret@[::1]:1", "socks5://LOCALHOST"])
    assert.deepEqual(proxyEnvironment({ HTTP_PROXY: proxy }, undefined), {}, proxy);
  assert.notDeepEqual(proxyEnvironment({ HTTP_PROXY: "http://localhost.corp.test:1" }, undefined), {});
});

test("a config of another shape is as good as none", () => {
  for (const config of [null, "text", { proxies: 5 }, { proxies: { default: { httpProxy: 1 } } }])
    assert.deepEqual(proxyEnvironment({}, config), {});
});
