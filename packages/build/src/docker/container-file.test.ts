import assert from "node:assert/strict";
import { test } from "node:test";
import { hintOf, referencesIn } from "./container-file.ts";

test("the images below a container file are found, its own stages are not", () => {
  const text = `# FROM commented:1
ARG VERSION=1
FROM --platform=linux/amd64 golang:1.22 AS Build
RUN echo FROM inside:1
FROM localhost:5000/tools@sha256:${"0".repeat(64)} as tools
from \\
  debian:12
FROM build
FROM scratch
FROM app:\${VERSION}
COPY --from=build /x /x
`;
  assert.deepEqual(referencesIn(text), ["golang:1.22", `localhost:5000/tools@sha256:${"0".repeat(64)}`, "debian:12"]);
});

test("a container file without FROM stands on nothing", () => assert.deepEqual(referencesIn(""), []));

test("a download that failed for an authority names what a container file has to bring, where there is one", () => {
  const failed = ["curl: (60) SSL certificate problem: self-signed certificate in certificate chain"];
  assert.match(hintOf(failed, true), /COPY it to \/usr\/local\/share\/ca-certificates/);
  for (const hint of [hintOf(failed, false), hintOf(["make: *** [all] Error 2"], true)])
    assert.match(hint, /^Mend the container file/);
});
