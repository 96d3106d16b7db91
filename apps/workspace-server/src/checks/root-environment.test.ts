import assert from "node:assert/strict";
import { test } from "node:test";
import { rootEnvironment } from "./root-environment.ts";

const isSafe = (folder: string): boolean => !/^\/(home|tmp)|unsafe/.test(folder);

test("root finds programs only where root alone can put them", () => {
  const { PATH } = rootEnvironment(
    { PATH: "/home/student/.local/bin:/opt/tool/bin::.:bin:/tmp:/unsafe/bin:/usr/bin:/opt/tool/bin" },
    isSafe,
  );
  assert.equal(PATH, "/opt/tool/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin");
});

test("what makes a program load something stays outside, the author's other variables come along", () => {
  const { PATH: _path, ...rest } = rootEnvironment(
    {
      LD_PRELOAD: "/x.so",
      LD_LIBRARY_PATH: "/x",
      BASH_ENV: "/x",
      ENV: "/x",
      NODE_OPTIONS: "--require /x",
      PYTHONPATH: "/x",
      PERL5OPT: "-Mx",
      GIT_SSH_COMMAND: "/x",
      CITY: "Berlin",
      TZ: "UTC",
    },
    isSafe,
  );
  assert.deepEqual(rest, { CITY: "Berlin", TZ: "UTC" });
});

test("of this machine a folder that everybody may write to is not taken", () => {
  const { PATH = "" } = rootEnvironment({ PATH: "/tmp:/usr/bin:/no/such/folder" });
  assert.deepEqual(
    PATH.split(":").filter((folder) => /tmp|such/.test(folder)),
    [],
  );
  assert.ok(PATH.split(":").includes("/usr/bin"));
});
