import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft } from "../draft.ts";
import { warning } from "../report.ts";
import type { TextFile } from "../text/read-text.ts";
import { checkBlocks } from "./block-rules.ts";
import { checkLinks } from "./link-rules.ts";
import { type Page, readPage } from "./markdown.ts";
import { isRunnable, programsOf } from "./runnable.ts";
import { checkQuizzes } from "./quiz-rules.ts";
import { checkVariables } from "./variable-rules.ts";

const textsOf = ({ intro, finish, steps }: Draft): readonly TextFile[] =>
  [intro, finish, ...steps.flatMap(({ content, help }) => [content, ...help.values()])].filter(
    (text) => text !== undefined,
  );

const unavailable: Readonly<Record<string, { readonly why: string; readonly remedy: string }>> = {
  docker: {
    why: "the student's container has no Docker engine, and the engine's socket is never mounted into it",
    remedy: 'Use infrastructure.services for more containers, or mark the block "no-run".',
  },
  systemctl: {
    why: "no systemd runs in a container",
    remedy: "Start daemons in onStart or call the program itself.",
  },
  mount: {
    why: "students' containers may not mount file systems",
    remedy: 'Leave it out, or mark the block "no-run".',
  },
  iptables: {
    why: "students' containers may not change the network's rules",
    remedy: 'Leave it out, or mark the block "no-run".',
  },
  sudo: {
    why: "students cannot become root in this workshop",
    remedy: "Write sudo: true under workshop, or do the work in commands of the step.",
  },
};

function* unavailableCommands(page: Page, hasRoot: boolean): Iterable<Diagnostic> {
  for (const fence of page.fences) {
    if (!isRunnable(fence)) continue;
    for (const { name, offset } of programsOf(fence)) {
      const fault = Object.hasOwn(unavailable, name) ? unavailable[name] : undefined;
      if (fault === undefined || (name === "sudo" && hasRoot)) continue;
      yield warning({
        code: "command-unavailable",
        path: "",
        at: page.file.at(offset),
        message: `"${name}" will not work when a student runs this block: ${fault.why}.`,
        remedy: fault.remedy,
      });
    }
  }
}

/** Links, pictures, variables and runnable blocks of every page. */
export function* pages(draft: Draft): Iterable<Diagnostic> {
  const all = new Map(textsOf(draft).map((text) => [text.file, readPage(text)]));
  const section = draft.workshop.workshop;
  const hasRoot = section?.sudo === true || section?.user === "root";
  for (const page of all.values()) {
    yield* checkLinks({ tree: draft.tree, page, pages: all });
    yield* checkVariables(page, section?.parameters, section?.variables);
    yield* unavailableCommands(page, hasRoot);
    yield* checkBlocks(page);
    yield* checkQuizzes(page);
  }
}
