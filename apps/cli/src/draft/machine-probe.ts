/**
 * Runs inside a container, as root, with the platform layer's Node and nothing else: `survey` prints a
 * machine as `machine.ts` has it, `texts <paths as JSON>` the texts of files. Only Node's own modules.
 */
import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

/** Not the student's business, or different every time. */
const leftOut = new Set(
  "/proc /sys /dev /run /var/run /tmp /var/tmp /opt/atelier /workshop /var/cache /var/lib/apt /var/lib/dpkg /var/lib/apk /lib/apk /var/lib/rpm /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/log/bootstrap.log /etc/hostname /etc/hosts /etc/resolv.conf /etc/mtab /etc/ld.so.cache /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /etc/shadow /etc/gshadow /etc/passwd /etc/group /usr/share/doc /usr/share/man /usr/share/locale /usr/share/info /usr/share/zoneinfo /.dockerenv".split(
    " ",
  ),
);
const leftOutNames = new Set([".git", "__pycache__", ".cache", ".npm", "node_modules", ".bash_history"]);

/** Files of packages are told by the package. */
const packaged = (): { readonly names: string[]; readonly files: ReadonlySet<string> } => {
  const names = new Set<string>();
  const files = new Set<string>();
  for (const block of read("/var/lib/dpkg/status").split("\n\n"))
    if (/^Status: .* installed$/m.test(block)) names.add(/^Package: (.*)$/m.exec(block)?.[1] ?? "");
  // What came only because another package needs it is nobody's task.
  for (const block of read("/var/lib/apt/extended_states").split("\n\n"))
    if (/^Auto-Installed: 1$/m.test(block)) names.delete(/^Package: (.*)$/m.exec(block)?.[1] ?? "");
  const lists = "/var/lib/dpkg/info";
  try {
    for (const name of readdirSync(lists))
      if (name.endsWith(".list")) for (const path of read(`${lists}/${name}`).split("\n")) files.add(path);
  } catch {
    // No Debian.
  }
  let folder = "";
  const apk = read("/lib/apk/db/installed") || read("/usr/lib/apk/db/installed");
  for (const line of apk.split("\n")) {
    if (line.startsWith("P:")) names.add(line.slice(2));
    if (line.startsWith("F:")) folder = `/${line.slice(2)}`;
    if (line.startsWith("F:")) files.add(folder);
    if (line.startsWith("R:")) files.add(`${folder}/${line.slice(2)}`);
  }
  try {
    const rpm = execFileSync("rpm", ["-qa", "--qf", "%{NAME}\n"], { encoding: "utf8", stdio: "pipe" });
    for (const name of rpm.split("\n")) if (name !== "") names.add(name);
  } catch {
    // No RPM.
  }
  return { names: [...names].filter((name) => name !== "").sort(), files };
};

const entriesBelow = (files: ReadonlySet<string>) => {
  const entries: Record<string, unknown> = {};
  const repositories: string[] = [];
  const walk = (folder: string): void => {
    let names: string[] = [];
    try {
      names = readdirSync(folder);
    } catch {
      return;
    }
    for (const name of names) {
      const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
      if (name === ".git") repositories.push(folder);
      if (leftOut.has(path) || leftOutNames.has(name)) continue;
      try {
        const stats = lstatSync(path);
        const type = stats.isDirectory()
          ? "directory"
          : stats.isFile()
            ? "file"
            : stats.isSymbolicLink()
              ? "link"
              : undefined;
        if (type !== undefined && !files.has(path))
          entries[path] = {
            type,
            mode: stats.mode & 0o7777,
            uid: stats.uid,
            gid: stats.gid,
            size: type === "directory" ? 0 : stats.size,
            changed: Math.round(stats.mtimeMs),
          };
        if (type === "directory") walk(path);
      } catch {
        // Gone meanwhile.
      }
    }
  };
  walk("/");
  return { entries, repositories };
};

/** Names and numbers of `/etc/passwd` or `/etc/group`. */
const numbers = (path: string): Record<string, number> =>
  Object.fromEntries(
    read(path)
      .split("\n")
      .map((line) => line.split(":"))
      .filter((parts) => parts.length > 2)
      .map(([name = "", , number]) => [name, Number(number)]),
  );

const ownPort = 7681;
const portsListening = (): string[] => {
  const ports = new Set<string>();
  for (const kind of ["tcp", "tcp6"])
    for (const line of read(`/proc/net/${kind}`).split("\n").slice(1)) {
      // Columns of /proc/net/tcp: sl, local_address, rem_address, st; 0A is LISTEN.
      const [, local = "", , state] = line.trim().split(/\s+/);
      const port = Number.parseInt(local.split(":")[1] ?? "", 16);
      // The engine's own resolver listens on 127.0.0.11.
      if (state === "0A" && port !== ownPort && !local.startsWith("0B00007F")) ports.add(`${kind}:${port}`);
    }
  return [...ports].sort();
};

const processesRunning = (): string[] => {
  const names = new Set<string>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const command = read(`/proc/${pid}/cmdline`);
    // Kernel threads and the dead have none; ours come from the platform layer.
    if (command === "" || command.startsWith("/opt/atelier/")) continue;
    names.add(read(`/proc/${pid}/comm`).trim());
  }
  return [...names].filter((name) => !["sh", "bash", "sleep", "tini", "dash"].includes(name)).sort();
};

const page = (port: number): Promise<{ status: number; title?: string } | undefined> =>
  new Promise((resolve) => {
    const call = request({ host: "127.0.0.1", port, path: "/", timeout: 1500 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        if (text.length < 100_000) text += chunk;
      });
      answer.once("end", () => {
        const title = /<(?:title|h1)[^>]*>([^<]{1,100})</i.exec(text)?.[1]?.trim();
        resolve({ status: answer.statusCode ?? 0, ...(title ? { title } : {}) });
      });
      answer.once("error", () => resolve(undefined));
    });
    call.once("timeout", () => call.destroy(new Error("slow")));
    call.once("error", () => resolve(undefined));
    call.end();
  });

const repository = (folder: string) => {
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "safe.directory=*", "-C", folder, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
  try {
    const branches: Record<string, { commits: number; subject: string }> = {};
    for (const name of git("for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n"))
      if (name !== "")
        branches[name] = {
          commits: Number(git("rev-list", "--count", name)),
          subject: git("log", "-1", "--format=%s", name),
        };
    let branch: string | undefined;
    try {
      branch = git("symbolic-ref", "--short", "HEAD");
    } catch {
      // A detached HEAD.
    }
    let isMerging = true;
    try {
      git("rev-parse", "-q", "--verify", "MERGE_HEAD");
    } catch {
      isMerging = false;
    }
    return {
      ...(branch === undefined ? {} : { branch }),
      branches,
      tracked: git("ls-tree", "-r", "--name-only", "HEAD").split("\n").slice(0, 500),
      isClean: !isMerging && git("status", "--porcelain") === "",
    };
  } catch {
    return undefined;
  }
};

const survey = async (): Promise<unknown> => {
  const { names, files } = packaged();
  const { entries, repositories } = entriesBelow(files);
  const ports = portsListening();
  const pages: Record<string, unknown> = {};
  for (const port of new Set(ports.map((name) => Number(name.split(":")[1])))) {
    const found = await page(port);
    if (found !== undefined && found.status > 0) pages[port] = found;
  }
  return {
    entries,
    users: numbers("/etc/passwd"),
    groups: numbers("/etc/group"),
    packages: names,
    ports,
    processes: processesRunning(),
    pages,
    repositories: Object.fromEntries(
      repositories.flatMap((folder) => {
        const found = repository(folder);
        return found === undefined ? [] : [[folder, found]];
      }),
    ),
  };
};

const longestText = 64 * 1024;
const texts = (paths: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    paths.flatMap((path) => {
      try {
        const stats = lstatSync(path);
        if (!stats.isFile() || stats.size > longestText) return [];
        const text = readFileSync(path, "utf8");
        return /[\0\ufffd]/.test(text) ? [] : [[path, text]];
      } catch {
        return [];
      }
    }),
  );

const [what, paths = "[]"] = process.argv.slice(2);
process.stdout.write(JSON.stringify(what === "texts" ? texts(JSON.parse(paths) as string[]) : await survey()));
