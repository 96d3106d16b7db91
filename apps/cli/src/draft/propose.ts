import { type GossDraft, type GossResource, mergeDrafts } from "./goss-draft.ts";
import type { Machine } from "./machine.ts";
import { type FilesInput, proposeFiles } from "./propose-files.ts";
import { proposeRepositories } from "./propose-repositories.ts";

/** Everything that the difference of two machines suggests to check. Nothing of it is proved yet. Pure. */
export const propose = (input: FilesInput): GossDraft => {
  const { before, after, student } = input;
  const draft = mergeDrafts([
    proposeFiles(input),
    proposeRepositories(before, after, student.home),
    proposePackages(before, after),
    proposeUsers(before, after),
    proposePorts(before, after),
  ]);
  return Object.keys(draft).length === 0 ? proposeEnvironment(before, after) : draft;
};

const section = (type: string, pairs: readonly (readonly [string, GossResource])[]): GossDraft =>
  pairs.length === 0 ? {} : { [type]: Object.fromEntries(pairs) };

/** What is in the second list and not in the first. */
const more = (before: readonly string[], after: readonly string[]): readonly string[] =>
  after.filter((name) => !before.includes(name));

const proposePackages = (before: Machine, after: Machine): GossDraft =>
  section(
    "package",
    more(before.packages, after.packages)
      .slice(0, 8)
      .map((name) => [
        name,
        {
          title: `the package ${name} is installed`,
          meta: { message: `The package ${name} is missing.` },
          installed: true,
        },
      ]),
  );

const proposeUsers = (before: Machine, after: Machine): GossDraft => {
  const users = more(Object.keys(before.users), Object.keys(after.users));
  const groups = more(Object.keys(before.groups), Object.keys(after.groups)).filter((name) => !users.includes(name));
  return {
    ...section(
      "user",
      users.map((name) => [
        name,
        { title: `the user ${name} exists`, meta: { message: `There is no user ${name}.` }, exists: true },
      ]),
    ),
    ...section(
      "group",
      groups.map((name) => [
        name,
        { title: `the group ${name} exists`, meta: { message: `There is no group ${name}.` }, exists: true },
      ]),
    ),
  };
};

/** Ports and what they serve; a service without a port is told by its process. */
const proposePorts = (before: Machine, after: Machine): GossDraft => {
  const ports = more(before.ports, after.ports);
  const numbers = [...new Set(ports.map((name) => name.split(":")[1] ?? ""))];
  const pages = numbers.flatMap((port) => {
    const page = after.pages[port];
    return page === undefined || page.status >= 400 ? [] : [[port, page] as const];
  });
  const processes = ports.length > 0 ? [] : more(before.processes, after.processes);
  return {
    ...section(
      "port",
      ports.map((name) => [
        name,
        {
          title: `something listens on port ${name.split(":")[1]}`,
          meta: { message: `Nothing listens on port ${name.split(":")[1]}. Is it running?` },
          listening: true,
        },
      ]),
    ),
    ...section(
      "http",
      pages.map(([port, { status, title }]) => [
        `http://127.0.0.1:${port}/`,
        {
          title: `port ${port} answers${title === undefined ? "" : ` with “${title}”`}`,
          meta: { message: `Compare: curl -i http://localhost:${port}/` },
          status,
          timeout: 3000,
          ...(title === undefined || title.includes("{{") ? {} : { body: [title] }),
        },
      ]),
    ),
    ...section(
      "process",
      processes.map((name) => [
        name,
        { title: `${name} runs`, meta: { message: `${name} does not run.` }, running: true },
      ]),
    ),
  };
};

/**
 * Only when nothing else changed: a variable of the image reaches a student only with the next image, so
 * whoever works on the step could not make such a check pass.
 */
const proposeEnvironment = (before: Machine, after: Machine): GossDraft =>
  section(
    "command",
    Object.entries(after.env)
      .filter(([name, value]) => before.env[name] !== value && !value.includes("{{"))
      .map(([name, value]) => [
        `the variable ${name} is set`,
        {
          title: `the variable ${name} is set`,
          exec: `printenv ${name}`,
          "exit-status": 0,
          stdout: [value.split("\n")[0] ?? ""],
        },
      ]),
  );
