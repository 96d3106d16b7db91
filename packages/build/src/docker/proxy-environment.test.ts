import assert from "node:assert/strict";
import { test } from "node:test";
import { proxyEnvironment, proxyNotice } from "./proxy-environment.ts";

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

test("a proxy that is not passed on is named once, without its password, and so is the way out", () => {
  const loopback = "http://me:secret@127.0.0.1:3128";
  const notice = proxyNotice({ HTTPS_PROXY: loopback, http_proxy: loopback, NO_PROXY: "localhost" }, undefined) ?? "";
  assert.match(notice, /^http_proxy and HTTPS_PROXY name a proxy on this machine's loopback/);
  assert.match(notice, /"proxies" of the Docker CLI's config\.json/);
  assert.doesNotMatch(notice, /secret/);
  assert.match(
    proxyNotice({}, { proxies: { default: { httpsProxy: "http://localhost:1" } } }) ?? "",
    /^httpsProxy of the Docker CLI's config\.json names a proxy/,
  );
  for (const reachable of [{}, { HTTP_PROXY: "http://proxy.test:1", NO_PROXY: "localhost" }])
    assert.equal(proxyNotice(reachable, undefined), undefined);
  const config = { proxies: { default: { httpProxy: "http://172.17.0.1:3128" } } };
  assert.equal(proxyNotice({ HTTP_PROXY: loopback }, config), undefined);
});
