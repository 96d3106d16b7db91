import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { createLoginEnvironment, type LoginOptions } from "./login-environment.ts";

const withHome = async (
  files: Readonly<Record<string, string>>,
  work: (options: LoginOptions, home: string) => Promise<unknown>,
): Promise<void> => {
  const home = await mkdtemp(join(tmpdir(), "atelier-login-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(home, name)), { recursive: true });
      await writeFile(join(home, name), text);
    }
    const env = { PATH: "/opt/of-the-image:/usr/bin:/bin", LANG: "C.UTF-8", TOKEN: "it's\na secret" };
    await work(
      {
        identity: { name: "student", uid: 1000, gid: 1000, groups: [], home },
        shell: "/bin/bash",
        env,
        asIdentity: (_identity, argv) => argv,
        deadlineMs: 120_000,
      },
      home,
    );
  } finally {
    await rm(home, { recursive: true, force: true });
  }
};

/** As in the skeleton of Debian's homes. */
const profile = `[ -f "$HOME/.bashrc" ] && . "$HOME/.bashrc"\nif [ -d "$HOME/.local/bin" ]; then PATH="$HOME/.local/bin:$PATH"; fi\n`;
const bashrc = `case $- in *i*) ;; *) return;; esac\nexport NVM_DIR="$HOME/.nvm" TWO="a\nb"\nexport PATH="$HOME/.nvm/bin:$PATH"\n`;

test("what the student's start-up files set is there, as in a terminal, and the image's is not lost", () =>
  withHome({ ".profile": profile, ".bashrc": bashrc }, async (options, home) => {
    const login = createLoginEnvironment(options);
    const first = await login.read();
    assert.equal(first["NVM_DIR"], `${home}/.nvm`);
    assert.equal(first["TWO"], "a\nb");
    assert.equal(first["TOKEN"], "it's\na secret");
    const path = (first["PATH"] ?? "").split(":");
    assert.ok(path.includes(`${home}/.nvm/bin`) && path.includes("/opt/of-the-image"), path.join(":"));
    assert.ok(!path.includes(`${home}/.local/bin`));
    // What pip --user makes counts at the next check.
    await mkdir(join(home, ".local/bin"), { recursive: true });
    assert.ok((await login.read())["PATH"]?.startsWith(`${home}/.local/bin:`));
  }));

for (const [what, text] of [
  ["prints", "echo PATH=/nowhere; echo noise >&2; export SET=1"],
  ["exits", "export SET=1; exit 3"],
  ["fails", "export SET=1; set -eu; false; $undefined"],
] as const)
  test(`a profile that ${what} breaks nothing`, () =>
    withHome({ ".profile": `${text}\n` }, async (options) => {
      const found = await createLoginEnvironment(options).read();
      assert.equal(found["SET"], "1");
      assert.match(found["PATH"] ?? "", /\/usr\/bin/);
    }));

for (const [what, text] of [
  ["hangs", "sleep 600"],
  ["becomes another program", "exec true"],
  ["waits for an answer", "exec 3>&-; read -r answer; kill -STOP $$"],
] as const)
  test(`a profile that ${what} leaves the image's environment, and is not run for every check`, () =>
    withHome({ ".profile": `echo run >> ~/runs\n${text}\n` }, async (options, home) => {
      const login = createLoginEnvironment({ ...options, deadlineMs: 3000 });
      assert.deepEqual(await login.read(), options.env);
      assert.deepEqual(await login.read(), options.env);
      const runs = await readFile(join(home, "runs"), "utf8").catch(() => "");
      assert.ok(runs.length <= 4, runs);
    }));

test("an image without such a shell has its own environment", () =>
  withHome({}, async (options, home) => {
    await writeFile(join(home, "bash"), "");
    await chmod(join(home, "bash"), 0o644);
    assert.deepEqual(await createLoginEnvironment({ ...options, shell: join(home, "bash") }).read(), options.env);
  }));

for (const [kind, file, text] of [
  ["zsh", ".zshrc", `export SET="a\nb"\npath=("$HOME/own" $path)\necho noise\n`],
  ["fish", ".config/fish/config.fish", `set -gx SET "a\nb"\nset -gx PATH "$HOME/own" $PATH\necho noise\n`],
] as const) {
  const shell = ["/usr/bin", "/bin"].map((folder) => join(folder, kind)).find(existsSync);
  const skip = shell === undefined && `${kind} is not on this machine`;
  const withShell = (text: string, work: (options: LoginOptions, home: string) => Promise<unknown>): Promise<void> =>
    withHome({ [file]: text }, (options, home) => work({ ...options, shell: shell ?? kind }, home));

  test(`what ${kind}'s start-up file sets is there`, { skip }, () =>
    withShell(text, async (options, home) => {
      const found = await createLoginEnvironment(options).read();
      assert.equal(found["SET"], "a\nb");
      assert.equal(found["TOKEN"], options.env["TOKEN"]);
      const path = (found["PATH"] ?? "").split(":");
      assert.ok(path.includes(join(home, "own")) && path.includes("/opt/of-the-image"), path.join(":"));
    }),
  );

  test(`a start-up file of ${kind} that exits is heard all the same`, { skip }, () =>
    withShell(`${text}exit 3\n`, async (options) => {
      assert.equal((await createLoginEnvironment(options).read())["SET"], "a\nb");
    }),
  );

  test(`a start-up file of ${kind} that fails breaks nothing`, { skip }, () =>
    withShell(`${text}false\n/nowhere/program\n`, async (options) => {
      assert.equal((await createLoginEnvironment(options).read())["SET"], "a\nb");
    }),
  );

  test(`a start-up file of ${kind} that hangs leaves the image's environment`, { skip }, () =>
    withShell(`${text}sleep 600\n`, async (options) => {
      assert.deepEqual(await createLoginEnvironment({ ...options, deadlineMs: 3000 }).read(), options.env);
    }),
  );
}
