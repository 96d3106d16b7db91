import { readFenceInfo } from "../../content-blocks/fence-info.ts";
import type { Diagnostic } from "../../problem/diagnostic.ts";
import { readPage } from "../content/markdown.ts";
import type { Draft, StepDraft } from "../draft.ts";
import { warning } from "../report.ts";
import type { StartCommandInput } from "../schema/workshop-schema.ts";
import type { Loose } from "../shape/salvage.ts";
import { formatPath } from "../yaml/doc-path.ts";
import { type GossResource, gossResources } from "./goss-resources.ts";

type Commands = readonly (Loose<StartCommandInput> | undefined)[];

/** What a resource looks for that only a running process can provide. */
type Subject = { readonly port: number } | { readonly program: string };

const portOf = (text: string): number | undefined => {
  const port = Number(/(\d{1,5})(?!.*\d)/.exec(text)?.[1]);
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
};

/** The port of an address on the container itself, or undefined for any other host. */
const localPort = (address: string): number | undefined => {
  const match =
    /^(?:(?<scheme>[a-z]+):\/\/)?(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0)(?::(?<port>\d{1,5}))?(?:[/?#]|$)/.exec(
      address,
    );
  if (match === null) return undefined;
  if (match.groups?.port !== undefined) return Number(match.groups.port);
  return match.groups?.scheme === "https" ? 443 : 80;
};

const textOr = (value: unknown, otherwise: string): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : otherwise;

const subjectOf = ({ type, id, attributes }: GossResource): Subject | undefined => {
  const asPort = (port: number | undefined): Subject | undefined => (port === undefined ? undefined : { port });
  if (type === "port" && attributes.listening === true) return asPort(portOf(textOr(attributes.port, id)));
  if (type === "http") return asPort(localPort(textOr(attributes.url, id)));
  if (type === "addr" && attributes.reachable === true) return asPort(localPort(textOr(attributes.address, id)));
  if (type === "process" && attributes.running === true) return { program: textOr(attributes.comm, id) };
  return undefined;
};

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

const wordOf = (subject: Subject): string => ("port" in subject ? String(subject.port) : subject.program);

const names = (text: string, subject: Subject): boolean =>
  new RegExp(`(?<![\\w.-])${escapeRegex(wordOf(subject))}(?![\\w-])`).test(text);

/** Whether a command visibly starts a subject: it waits for that port, or names the port or program. */
const starts = (commands: Commands, subject: Subject): boolean =>
  commands.some((command) => {
    if (command === undefined) return false;
    if ("port" in subject && command.ready?.port === subject.port) return true;
    return names(command.run ?? "", subject);
  });

/** An address that something is asked at: to name its port starts nothing. */
const address = /(?:[a-z]+:\/\/\S*|(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0):\d+)/g;

/** What the step's text and its help have the student run, or save into a file, without addresses. */
const toldToDo = ({ content, help }: StepDraft): string =>
  [content, ...help.values()]
    .flatMap((file) => (file === undefined ? [] : readPage(file).fences))
    .filter(({ info }) => ["run", "save"].includes(readFenceInfo(info).info.kind))
    .flatMap(({ lines }) => lines.map(({ text }) => text.replace(address, " ")))
    .join("\n");

/**
 * On step N the student works on image N-1, where `onStart` of N has not run. A check that only that
 * makes pass is right if starting the thing is the student's task, and a mistake otherwise: it is taken to be
 * their task where a block of the step's own texts names it.
 */
export function* ownStart({ workshop, steps }: Draft): Iterable<Diagnostic> {
  const earlier: Commands[] = [workshop.workshop?.onStart ?? []];
  for (const draft of steps) {
    const { goss, step, id } = draft;
    const own = step.onStart ?? [];
    const told = toldToDo(draft);
    const warned = new Set<string>();
    for (const resource of goss === undefined ? [] : gossResources(goss.value)) {
      const subject = subjectOf(resource);
      if (goss === undefined || subject === undefined || warned.has(wordOf(subject)) || !starts(own, subject)) continue;
      if (earlier.some((commands) => starts(commands, subject)) || names(told, subject)) continue;
      warned.add(wordOf(subject));
      yield warning({
        code: "check-of-own-start",
        path: formatPath(resource.path),
        at: goss.keyAt(resource.path),
        message: `${resource.type} "${resource.id}" is started only by onStart of "${id}" itself, which does not run where the student works on this step, and no block of the step's texts starts it.`,
        remedy:
          "If the student shall start it, say how in the text or in solve.md; if it has to be there from the beginning, move that onStart to the step before or to workshop.onStart.",
      });
    }
    earlier.push(own);
  }
}
