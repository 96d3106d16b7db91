import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft } from "../draft.ts";
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

/** Whether a command visibly starts a subject: it waits for that port, or names the port or program. */
const starts = (commands: Commands, subject: Subject): boolean =>
  commands.some((command) => {
    if (command === undefined) return false;
    const word = "port" in subject ? String(subject.port) : subject.program;
    if ("port" in subject && command.ready?.port === subject.port) return true;
    return new RegExp(`(?<![\\w.-])${escapeRegex(word)}(?![\\w-])`).test(command.run ?? "");
  });

/**
 * On step N the student works on image N-1, where `onStart` of N has not run. A check that only that
 * makes pass is right if starting the thing is the student's task, and a mistake otherwise.
 */
export function* ownStart({ workshop, steps }: Draft): Iterable<Diagnostic> {
  const earlier: Commands[] = [workshop.workshop?.onStart ?? []];
  for (const { goss, step, id } of steps) {
    const own = step.onStart ?? [];
    for (const resource of goss === undefined ? [] : gossResources(goss.value)) {
      const subject = subjectOf(resource);
      if (goss === undefined || subject === undefined || !starts(own, subject)) continue;
      if (earlier.some((commands) => starts(commands, subject))) continue;
      yield warning({
        code: "check-of-own-start",
        path: formatPath(resource.path),
        at: goss.keyAt(resource.path),
        message: `${resource.type} "${resource.id}" is started only by onStart of "${id}" itself, which does not run where the student works on this step.`,
        remedy:
          "If the student shall start it, all is well; if it has to be there from the beginning, move that onStart to the step before or to workshop.onStart.",
      });
    }
    earlier.push(own);
  }
}
