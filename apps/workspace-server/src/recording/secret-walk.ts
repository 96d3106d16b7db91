import type { KnownSecrets } from "../secrets/known-secrets.ts";
import { shortestSecret } from "../secrets/secret-forms.ts";
import { isControl, unseenAt } from "./unseen-output.ts";

/** A tree of known values by their characters. */
export interface SecretNode {
  /** The first that follows: nearly always there is no other, and a map is slow and large. */
  code: number;
  child: SecretNode | undefined;
  others: Map<number, SecretNode> | undefined;
  /** So many line ends may lie in the value that ends here, or -1 as none does, */
  own: number;
  /** and in the one of those beyond that may have most. */
  most: number;
  /** Length of the shortest value from here on. */
  shortest: number;
}

const newNode = (): SecretNode => ({
  code: -1,
  child: undefined,
  others: undefined,
  own: -1,
  most: 0,
  shortest: Number.POSITIVE_INFINITY,
});

/**
 * The tree of all forms of the values. What is unseen in them is so in the output, too, and one line end may
 * lie in four of their characters: with more, each `seq` would print a secret of four digits.
 */
const growSecretTree = (forms: readonly string[]): SecretNode => {
  const root = newNode();
  for (const form of forms) {
    const codes = [...form].flatMap((character) => codesOf(character)).filter((code) => !isControl(code));
    if (codes.length < shortestSecret) continue;
    const breaks = form.split("\n").length - 1 + Math.floor(codes.length / shortestSecret);
    let node = root;
    for (const code of codes) {
      node.shortest = Math.min(node.shortest, codes.length);
      node = childOf(node, code) ?? grow(node, code);
      node.most = Math.max(node.most, breaks);
    }
    node.shortest = Math.min(node.shortest, codes.length);
    node.own = Math.max(node.own, breaks);
  }
  return root;
};

const trees = new WeakMap<KnownSecrets, SecretNode>();
/** One tree for all recordings: of a key it is large. */
export const treeOf = (secrets: KnownSecrets): SecretNode => {
  const tree = trees.get(secrets) ?? growSecretTree(secrets.forms);
  trees.set(secrets, tree);
  return tree;
};

export const childrenOf = ({ code, child, others }: SecretNode): ReadonlyMap<number, SecretNode> =>
  new Map(child === undefined ? [] : [[code, child], ...(others ?? [])]);

const childOf = (node: SecretNode, code: number): SecretNode | undefined =>
  node.code === code ? node.child : node.others?.get(code);

const grow = (node: SecretNode, code: number): SecretNode => {
  const next = newNode();
  if (node.child === undefined) {
    node.code = code;
    node.child = next;
  } else {
    node.others ??= new Map();
    node.others.set(code, next);
  }
  return next;
};

const codesOf = (character: string): number[] => Array.from(character.split(""), (unit) => unit.charCodeAt(0));

/**
 * Reads a secret across what a screen does not show. The fields tell of the last `walk`: it is called for many
 * a character of a flood, and makes nothing that would have to be collected.
 */
export class SecretWalk {
  readonly #root: SecretNode;
  /** Right after the last character of the longest value; 0 when there is none. */
  end = 0;
  /** So many characters are those of a secret. */
  length = 0;
  /** Half of a secret is there, or all of a short one. */
  isTelling = false;

  constructor(root: SecretNode) {
    this.#root = root;
  }

  /**
   * Answers true when what follows the text decides whether this is a secret, or a longer one.
   * @param onUnseen is told each place that is not seen
   */
  walk(text: string, start: number, onUnseen?: (from: number, to: number) => void): boolean {
    let node = this.#root;
    let crs = 0;
    let lfs = 0;
    let last = 0;
    this.end = 0;
    this.length = 0;
    this.isTelling = false;
    for (let at = start; at < text.length; ) {
      const code = text.charCodeAt(at);
      const next = childOf(node, code);
      if (next !== undefined) {
        if (crs > next.most || lfs > next.most) return false;
        node = next;
        last = code;
        at++;
        this.length++;
        if (node.own >= crs && node.own >= lfs) this.end = at;
        this.isTelling ||= this.end > 0 || this.length * 2 >= node.shortest;
        if (node.child === undefined) return false;
        continue;
      }
      if (code > 0x20 && code < 0x7f) return false;
      const unseen = unseenAt(text, at, last);
      if (unseen === "unfinished") return true;
      if (unseen === undefined) return false;
      crs += unseen.crs;
      lfs += unseen.lfs;
      if (crs > node.most || lfs > node.most) return false;
      onUnseen?.(at, unseen.end - (last === text.charCodeAt(unseen.end - 1) ? 1 : 0));
      at = unseen.end;
    }
    return true;
  }
}
