import assert from "node:assert/strict";
import { test } from "node:test";
import { aptSourcesFor, mirrorFor, parseAptSources } from "./apt-mirror.ts";

const deb822 = `# Made by an installer
Types: deb deb-src
# URIs: http://old.test/debian
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQ==

Types: deb
URIs: http://mirror.test/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.test/debian
Suites: trixie
Components: main

Types: deb-src
URIs: http://source.test/debian
Suites: trixie
Components: main
`;

const oneLine = `# deb http://commented.test/debian trixie main
deb [arch=amd64 signed-by=/k.gpg] https://vendor.test/apt stable main
deb cdrom:[Debian]/ bookworm main
  deb http://line.test/debian bookworm main non-free # tail
deb-src http://source.test/debian bookworm main
`;

test("stanzas are read with their continuation lines, comments and switches", () => {
  assert.deepEqual(parseAptSources(deb822), [
    { uri: "http://mirror.test/debian", suites: ["bookworm", "bookworm-updates"], components: ["main", "contrib"] },
    { uri: "http://mirror.test/debian-security", suites: ["bookworm-security"], components: ["main"] },
  ]);
});

test("one-line sources are read with their options; what apt would not fetch over a network is not", () => {
  assert.deepEqual(parseAptSources(oneLine), [
    { uri: "https://vendor.test/apt", suites: ["stable"], components: ["main"] },
    { uri: "http://line.test/debian", suites: ["bookworm"], components: ["main", "non-free"] },
  ]);
});

test("the archive of the suite itself is preferred, else a plain Debian archive serves all suites", () => {
  const sources = parseAptSources(`deb http://a.test/debian bookworm main\ndeb http://b.test/debian trixie main\n`);
  assert.equal(mirrorFor(sources, "trixie"), "http://b.test/debian");
  assert.equal(mirrorFor(sources, "bullseye"), "http://a.test/debian");
});

test("a vendor who publishes under Debian's suite names is not taken for Debian", () => {
  const stable = "deb https://browser.test/apt stable main";
  const codename = "deb https://vendor.test bookworm main\ndeb https://vendor.test trixie main";
  assert.equal(mirrorFor(parseAptSources(stable), "bookworm"), undefined);
  for (const wanted of ["bookworm", "trixie", "stable"])
    assert.equal(
      mirrorFor(parseAptSources(`${stable}\n${codename}\n${deb822}`), wanted),
      "http://mirror.test/debian",
      wanted,
    );
});

test("a made Debian gets updates, and security where this machine gets it from", () => {
  assert.equal(
    aptSourcesFor(parseAptSources(deb822), "trixie"),
    "deb http://mirror.test/debian trixie main\ndeb http://mirror.test/debian trixie-updates main\ndeb http://mirror.test/debian-security trixie-security main\n",
  );
  assert.equal(
    aptSourcesFor(parseAptSources(oneLine), "bookworm"),
    "deb http://line.test/debian bookworm main\ndeb http://line.test/debian bookworm-updates main\n",
  );
  assert.equal(aptSourcesFor(parseAptSources("deb https://vendor.test/apt nodistro main"), "bookworm"), undefined);
});
