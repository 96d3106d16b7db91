import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { rootCertificates } from "node:tls";
import { connectEngine, findEndpoint } from "@atelier/backend-docker";
import { type AtelierCli, copyImageAs, createAtelierCli, openWorkspace } from "@atelier/testkit";

const docker = (...args: string[]): string =>
  execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Makes a base in a container of the Debian base, from Debian's own packages; kept by its tag. */
const makeBase = (tag: string, script: string): void => {
  if (docker("images", "-q", tag).trim() !== "") return;
  const name = `atelier-base-test-${process.pid}`;
  try {
    docker(
      "run",
      "--name",
      name,
      "atelier-base/debian:bookworm",
      "sh",
      "-ec",
      `apt-get -qq update; export DEBIAN_FRONTEND=noninteractive; ${script}`,
    );
    execFileSync("sh", ["-c", `docker cp ${name}:/rootfs/. - | docker import - ${tag}`]);
  } finally {
    docker("rm", "-f", name);
  }
};

/** As in a network that signs for itself: more authorities than a pipe holds at once. */
const trustFolder = await mkdtemp(join(tmpdir(), "atelier-bases-"));
const extraTrust = { NODE_EXTRA_CA_CERTS: join(trustFolder, "extra.pem") };
after(() => rm(trustFolder, { recursive: true }));

const busybox = "atelier-test/busybox-static:1";
const musl = "atelier-test/musl:1";
const taken = "atelier-test/uid-taken:1";

/** A workshop that uses files, a command, onStart in the background, and a check of all of it. */
const workshopOn = async (atelier: AtelierCli, image: string): Promise<void> =>
  atelier.write({
    "w/workshop.yaml": `version: v1\nworkshop:\n  name: base-test\n  version: "1"\n  title: Base test\n  onStart:\n    - run: echo started > /tmp/started; chmod 644 /tmp/started\n    - run: while true; do sleep 1; done\n      user: student\n      background: true\nbase:\n  image: ${image}\nsteps: [one]\n`,
    "w/steps/one/step.yaml":
      "title: One\nfiles:\n  - source: files/a.txt\n    target: ~/a.txt\ncommands:\n  - run: cat ~/a.txt > ~/b.txt\n    user: student\n",
    "w/steps/one/files/a.txt": "from a file\n",
    "w/steps/one/content.md": "# One\n",
    "w/steps/one/goss.yaml":
      'file:\n  /tmp/started:\n    exists: true\ncommand:\n  cat ~/b.txt:\n    exit-status: 0\n    stdout: ["from a file"]\n  id -u:\n    exit-status: 0\n    stdout: ["/^10/"]\n',
  });

before(async () => {
  await writeFile(extraTrust.NODE_EXTRA_CA_CERTS, `${rootCertificates.join("\n")}\n`);
  // The Debian base is made by the builder when there is none yet.
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "first");
  await atelier.succeed("build", "first");
  makeBase(
    busybox,
    "apt-get -qq install -y --no-install-recommends busybox-static >/dev/null; mkdir -p /rootfs/bin /rootfs/tmp; chmod 1777 /rootfs/tmp; cp /bin/busybox /rootfs/bin/; for a in $(/bin/busybox --list); do [ $a = busybox ] || ln -sf busybox /rootfs/bin/$a; done",
  );
  makeBase(
    musl,
    "apt-get -qq install -y --no-install-recommends busybox-static musl musl-tools gcc libc6-dev >/dev/null; mkdir -p /rootfs/bin /rootfs/lib /rootfs/etc /rootfs/tmp; chmod 1777 /rootfs/tmp; " +
      "cp /bin/busybox /rootfs/bin/; for a in $(/bin/busybox --list); do [ $a = busybox ] || ln -sf busybox /rootfs/bin/$a; done; cp -L /lib/ld-musl-x86_64.so.1 /rootfs/lib/; " +
      "printf '#include <stdio.h>\\nint main(void){puts(\"musl speaks\");return 0;}\\n' > /tmp/m.c; musl-gcc -o /rootfs/bin/musl-speaks /tmp/m.c; " +
      "printf 'root:x:0:0:root:/root:/bin/sh\\n' > /rootfs/etc/passwd; printf 'root:x:0:\\n' > /rootfs/etc/group",
  );
  makeBase(
    taken,
    "useradd -u 1000 -m node; mkdir /rootfs; tar --one-file-system --exclude=./rootfs --exclude=./proc --exclude=./sys --exclude=./dev -C / -c . | tar -x -C /rootfs",
  );
});

const cases: readonly (readonly [string, string, string, RegExp])[] = [
  [
    "no libc of its own (busybox-static only)",
    busybox,
    "id; echo; ls /lib 2>&1",
    /uid=1000\(student\)[\s\S]*No such file/,
  ],
  ["musl", musl, "musl-speaks; id -u", /musl speaks\r\n1000/],
  ["uid 1000 taken", taken, "id; id node", /uid=1001\(student\)[\s\S]*uid=1000\(node\)/],
];

for (const [name, image, command, expected] of cases)
  test(`terminal, check and onStart work on a base with ${name}`, async () => {
    await using atelier = await createAtelierCli(extraTrust);
    await workshopOn(atelier, image);
    const { stdout } = await atelier.succeed("run", "w");
    const client = await openWorkspace(stdout.trim());
    assert.equal((await client.check("one")).outcome, "failed");
    {
      using terminal = await client.terminal();
      assert.match(await terminal.run(command), expected);
      await terminal.run("echo 'from a file' > ~/b.txt");
    }
    const after = await client.check("one");
    assert.equal(after.outcome, "passed", JSON.stringify(after.assertions));
    const proof = await atelier.succeed("test", "w", "--json");
    assert.match(proof.stdout, /"verdict": "proved"/);
  });

test("the shell is exactly the student's where nothing in the container knows any group", async () => {
  await using atelier = await createAtelierCli();
  await atelier.write({
    "w/workshop.yaml": `version: v1\nworkshop:\n  name: groupless\n  version: "1"\n  title: Groupless\n  onStart:\n    - run: rm /etc/group\nbase:\n  image: ${busybox}\nsteps: [one]\n`,
    "w/steps/one/step.yaml": "title: One\n",
    "w/steps/one/content.md": "# One\n",
  });
  const { stdout } = await atelier.succeed("run", "w");
  const client = await openWorkspace(stdout.trim());
  const opened = await client.post("/api/terminals", { name: "later" });
  assert.equal(opened.status, 201, opened.text);
  using terminal = await client.terminal("later");
  await terminal.run("while [ -e /etc/group ]; do sleep 0.1; done", 60_000);
  const shown = await terminal.run(
    "grep -E '^(Uid|Gid|Groups|Cap(Inh|Prm|Eff|Amb)|NoNewPrivs|Seccomp):' /proc/$$/status | tr -s '\\t ' ' '",
  );
  const none = "0000000000000000";
  assert.deepEqual(
    shown
      .split("\r\n")
      .filter((line) => /^[A-Z][A-Za-z]+: /.test(line))
      .map((line) => line.trimEnd()),
    [
      "Uid: 1000 1000 1000 1000",
      "Gid: 1000 1000 1000 1000",
      "Groups:",
      `CapInh: ${none}`,
      `CapPrm: ${none}`,
      `CapEff: ${none}`,
      `CapAmb: ${none}`,
      "NoNewPrivs: 1",
      "Seccomp: 2",
    ],
  );
});

test("a home that a base brings without its user is the student's, and as open as it was", async () => {
  await using atelier = await createAtelierCli();
  await workshopOn(atelier, busybox);
  await atelier.write({
    "w/workshop.yaml": (await readFile(join(atelier.folder, "w/workshop.yaml"), "utf8")).replace(
      `image: ${busybox}`,
      "containerFile: Containerfile",
    ),
    "w/Containerfile": `FROM ${busybox}\nRUN mkdir -p /home/student/theirs && chmod 2711 /home/student\n`,
  });
  await atelier.succeed("build", "w");
  const shown = docker(
    "run",
    "--rm",
    "--entrypoint",
    "/bin/stat",
    "atelier/base-test:1-start",
    "-c",
    "%a %u %g",
    "/home/student",
  );
  assert.equal(shown.trim(), "2711 1000 1000");
});

test("a base without a shell is refused with what to do", async () => {
  const tag = "atelier-test/no-shell:1";
  if (docker("images", "-q", tag).trim() === "")
    execFileSync("sh", [
      "-c",
      `d=$(mktemp -d); echo x > "$d/file"; tar -C "$d" -c . | docker import - ${tag}; rm -r "$d"`,
    ]);
  await using atelier = await createAtelierCli();
  await workshopOn(atelier, tag);
  const { code, stderr } = await atelier.run("build", "w");
  assert.equal(code, 2, "as whatever is wrong with what an author wrote");
  assert.match(
    stderr,
    /workshop\.yaml:12:10 error base-lacks\n.*no-shell:1 has no \/bin\/sh.*\n.*→ Choose a base with a shell/,
  );
});

test("what a base lacks is said before its first command runs, with its line, and again by the next build", async () => {
  await using atelier = await createAtelierCli();
  await workshopOn(atelier, busybox);
  for (const round of ["first", "nothing to do"]) {
    const { stderr } = await atelier.succeed("build", "w");
    const [before] = stderr.split("Step 1 of");
    assert.match(
      before ?? "",
      /workshop\.yaml:12:10 warning base-lacks\n.*busybox-static:1 has no bash, so terminals open \/bin\/sh\.\n.*→ .*FROM atelier-test\/busybox-static:1/,
      `${round}: ${stderr}`,
    );
  }
  await atelier.write({
    "w/workshop.yaml": (await readFile(join(atelier.folder, "w/workshop.yaml"), "utf8")).replace(
      "  title: Base test\n",
      "  title: Base test\n  shell: /bin/sh\n",
    ),
  });
  assert.doesNotMatch((await atelier.succeed("build", "w")).stderr, /base-lacks/);
});

/** Starts like a program for arm64 or amd64, whichever this machine is not: nothing here runs it. */
const foreignProgram = (architecture: string): Buffer => {
  const header = Buffer.alloc(4096);
  header.write("\u007fELF", "latin1");
  header.set([2, 1, 1], 4);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(architecture === "arm64" ? 183 : 62, 18);
  return header;
};

test("an image of another architecture is a diagnostic and no exec format error; one that runs all the same is marked", async () => {
  await using atelier = await createAtelierCli();
  await atelier.succeed("init", "foreign");
  await atelier.succeed("build", "foreign");
  using engine = await connectEngine(await findEndpoint(process.env));
  const { Architecture } = await engine.info();
  const other = Architecture === "x86_64" ? "arm64" : "amd64";
  const broken = "atelier-test/foreign-program:1";
  const container = docker("create", "atelier/foreign:0.1.0-start").trim();
  try {
    const program = join(atelier.folder, "node");
    await writeFile(program, foreignProgram(other), { mode: 0o755 });
    docker("cp", program, `${container}:/opt/atelier/bin/node`);
    docker("commit", container, broken);
  } finally {
    docker("rm", container);
  }
  // The same image, saved and loaded again with another architecture in its configuration.
  await copyImageAs(broken, "atelier/foreign-other:0.1.0-start", other);
  try {
    const { code, stderr } = await atelier.run("run", "atelier/foreign-other:0.1.0-start");
    assert.equal(code, 1, stderr);
    assert.match(stderr, new RegExp(`built for ${other}, but this engine runs on .* and has no emulator for it`));
  } finally {
    docker("rmi", "-f", "atelier/foreign-other:0.1.0-start", broken);
  }
  // Somebody who has only what was pushed for the other architecture. What an emulator would do: the label says
  // another architecture, and the programs run.
  await using elsewhere = await createAtelierCli();
  await copyImageAs("atelier/foreign:0.1.0-start", "atelier/foreign-other:0.1.0-start", other);
  try {
    const { stderr } = await elsewhere.succeed("run", "atelier/foreign-other:0.1.0-start");
    assert.match(
      stderr,
      new RegExp(`foreign is built for linux/${other} and this engine is .*: it runs emulated and slowly`),
    );
    const { stdout } = await elsewhere.run("doctor");
    assert.match(stdout, new RegExp(`! Builds: foreign is for linux/${other} only`));
  } finally {
    await elsewhere.run("remove", "--all", "--yes");
    docker("rmi", "-f", "atelier/foreign-other:0.1.0-start");
  }
});
