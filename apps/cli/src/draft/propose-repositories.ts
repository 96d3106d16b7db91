import { type GossDraft, type GossResource, shellWord, wholeLine } from "./goss-draft.ts";
import type { Machine, Repository } from "./machine.ts";

/** Proposals for git repositories: branches, last commits, files in HEAD, a clean tree. Pure. */
export const proposeRepositories = (before: Machine, after: Machine, home: string): GossDraft => {
  const found: Record<string, GossResource> = {};
  for (const [folder, repository] of Object.entries(after.repositories)) {
    const place = folder.startsWith(`${home}/`) ? `~${folder.slice(home.length)}` : folder;
    for (const { what, git, output, help } of assertionsOf(before.repositories[folder], repository)) {
      const title = `in ${place} ${what}`;
      found[title] = {
        title,
        meta: { message: help },
        exec: `cd ${shellWord(place)} && git ${git}`,
        "exit-status": 0,
        ...(output === undefined ? {} : { stdout: output }),
      };
    }
  }
  return Object.keys(found).length === 0 ? {} : { command: found };
};

interface GitAssertion {
  readonly what: string;
  readonly git: string;
  /** Lines that must be there; with `!` such that must not. */
  readonly output?: readonly string[];
  readonly help: string;
}

const mostFiles = 6;

function* assertionsOf(old: Repository | undefined, now: Repository): Iterable<GitAssertion> {
  if (now.branch !== undefined && now.branch !== old?.branch)
    yield {
      what: `you are on ${now.branch}`,
      git: "symbolic-ref --short HEAD",
      output: [wholeLine(now.branch)],
      help: `git status names another branch. git switch ${now.branch} goes there.`,
    };
  for (const [name, { commits, subject }] of Object.entries(now.branches)) {
    const was = old?.branches[name];
    if (was?.subject !== subject)
      yield {
        what: `the last commit of ${name} is “${subject}”`,
        git: `log -1 --format=%s ${shellWord(name)}`,
        output: [wholeLine(subject)],
        help: `git log ${name} shows another one, or there is no branch ${name}.`,
      };
    if (was?.commits !== commits)
      yield {
        what: `${name} has ${commits} commits`,
        git: `rev-list --count ${shellWord(name)}`,
        output: [wholeLine(String(commits))],
        help: `git log --oneline ${name} shows more or fewer.`,
      };
  }
  for (const name of Object.keys(old?.branches ?? {}).filter((branch) => now.branches[branch] === undefined))
    yield {
      what: `there is no branch ${name}`,
      git: "for-each-ref --format='%(refname:short)' refs/heads",
      output: [`!${wholeLine(name)}`],
      help: `git branch still names ${name}.`,
    };
  const [was, is] = [new Set(old?.tracked), new Set(now.tracked)];
  const added = now.tracked.filter((path) => !was.has(path)).slice(0, mostFiles);
  const dropped = [...was].filter((path) => !is.has(path)).slice(0, mostFiles);
  if (old !== undefined && added.length + dropped.length > 0)
    yield {
      what: `the last commit holds what it should`,
      git: "ls-tree -r --name-only HEAD",
      output: [...added.map(wholeLine), ...dropped.map((path) => `!${wholeLine(path)}`)],
      help: "git show --stat HEAD shows what the last commit changed.",
    };
  if (now.isClean && old?.isClean === false)
    yield {
      what: "everything is committed",
      git: "status --porcelain",
      output: ["!/./"],
      help: "git status says what is still open.",
    };
}
