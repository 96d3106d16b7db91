import { type KnownSecrets, mask } from "../secrets/known-secrets.ts";
import { childrenOf, treeOf, type SecretNode, SecretWalk } from "./secret-walk.ts";
import { isInSequence, unfinishedSequence } from "./unseen-output.ts";

/** Takes known secrets out of a stream of text, also where they are cut by its chunks. */
export interface OutputMask {
  /** The text so far without what may be the beginning of a secret. */
  push(text: string): string;
  /** How many characters of a secret are held back; 0 when nothing is. It grows while they go on like one. */
  readonly held: number;
  /**
   * What is held back, for who cannot wait for more. Half of a secret is given as one; less as it is. What
   * follows is still looked at as its continuation.
   */
  release(): string;
  /** What was held back; nothing follows. */
  end(): string;
}

const unchanged: OutputMask = { push: (text) => text, held: 0, release: () => "", end: () => "" };
/** So much may lie inside a secret that is not seen, beside as much again as it is long. */
const mostUnseen = 8192;

/** Finds where a secret may begin, at its first two characters or what may lie between those. */
const beginningOf = (tree: SecretNode): RegExp => {
  const classOf = (codes: Iterable<number>): string =>
    [...codes].map((code) => `\\u${code.toString(16).padStart(4, "0")}`).join("");
  const firsts = childrenOf(tree);
  const seconds = new Set([...firsts.values()].flatMap((child) => [...childrenOf(child).keys()]));
  return new RegExp(`[${classOf(firsts.keys())}](?:[${classOf(seconds)}\\0-\\u0020\\u007f\\u009b]|$)`, "g");
};

/**
 * Holds an end back that a secret begins with, until what follows decides. A value that is typed key by
 * key is therefore masked like one that is printed at once; colours in the middle of it, and the line ends
 * of a narrow screen, stay where they were.
 */
export const createOutputMask = (secrets: KnownSecrets): OutputMask => {
  const tree = treeOf(secrets);
  if (tree.child === undefined) return unchanged;
  const beginning = beginningOf(tree);
  const mostHeld = mostUnseen + 2 * Math.max(...secrets.forms.map(({ length }) => length));
  const secret = new SecretWalk(tree);
  /** Begins where a secret may begin, or an escape sequence that has no end yet. */
  let held = "";
  /** So many characters of it have been given out, */
  let given = 0;
  /** as a secret. */
  let isGivenAsSecret = false;

  const unseenOf = (text: string, { start, end }: { start: number; end: number }): string => {
    let result = "";
    const onUnseen = (from: number, to: number): void => {
      if (to <= end) result += text.slice(Math.max(from, given), to);
    };
    secret.walk(text, start, onUnseen);
    return result;
  };

  const take = (text: string, isLast: boolean): string => {
    let result = "";
    let from = 0;
    let at = isLast ? text.length : unfinishedSequence(text);
    beginning.lastIndex = 0;
    for (let found = beginning.exec(text); found !== null; found = beginning.exec(text)) {
      const start = found.index;
      beginning.lastIndex = start + 1;
      if (isInSequence(text, start)) continue;
      if (secret.walk(text, start) && !isLast) {
        at = start;
        break;
      }
      const { end } = secret;
      if (end === 0) continue;
      result += text.slice(Math.max(from, given), start);
      result += `${isGivenAsSecret && start < given ? "" : mask}${unseenOf(text, { start, end })}`;
      from = end;
      beginning.lastIndex = end;
    }
    result += text.slice(Math.max(from, given), at);
    held = text.slice(at);
    given = Math.max(0, given - at);
    isGivenAsSecret &&= given > 0;
    return result;
  };

  const lookAtHeld = (): SecretWalk => {
    secret.walk(held, 0);
    return secret;
  };
  const release = (): string => {
    if (given === held.length) return "";
    const rest = held.slice(given);
    const isSecret = isGivenAsSecret || lookAtHeld().isTelling;
    const written = isSecret ? `${isGivenAsSecret ? "" : mask}${unseenOf(held, { start: 0, end: held.length })}` : rest;
    given = held.length;
    isGivenAsSecret = isSecret;
    return written;
  };
  return {
    get held() {
      return given === held.length ? 0 : Math.max(1, lookAtHeld().length);
    },
    push: (chunk) => {
      const result = take(held === "" ? chunk : held + chunk, false);
      if (held.length <= mostHeld) return result;
      const rest = release();
      held = "";
      given = 0;
      isGivenAsSecret = false;
      return result + rest;
    },
    release,
    end: () => take(held, true),
  };
};
