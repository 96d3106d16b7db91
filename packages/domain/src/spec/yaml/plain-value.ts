import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from "yaml";

/** Why a document could not be turned into a plain value, and where. */
export interface PlainFault {
  readonly kind: "aliases" | "depth" | "unknown-alias" | "key" | "tag";
  readonly offset: number;
  readonly detail: string;
}

const maxDepth = 64;
/** Values that may come out of aliases: room for honest re-use, none for a bomb. */
const maxAliased = 10_000;

/**
 * The document as null-prototype objects, arrays and scalars. Own code instead of `toJS`: it must not
 * expand anchor bombs or cycles, and it reports instead of throwing.
 */
export const plainValue = (document: Document): { readonly value: unknown; readonly faults: readonly PlainFault[] } => {
  const faults: PlainFault[] = [];
  const open = new Set<Node>();
  const anchors = new Map<string, Node>();
  let aliased = 0;
  let depth = 0;
  let inAlias = 0;
  const fault = (kind: PlainFault["kind"], node: Node, detail = ""): undefined => {
    faults.push({ kind, offset: node.range?.[0] ?? 0, detail });
    return undefined;
  };

  const convert = (node: unknown): unknown => {
    if (node === null || node === undefined) return null;
    const item = node as Node;
    if (inAlias > 0 && ++aliased > maxAliased) return undefined;
    if (isAlias(item)) return convertAlias(item.source, item);
    if ("anchor" in item && typeof item.anchor === "string") anchors.set(item.anchor, item);
    if (isScalar(item)) return convertScalar(item);
    if (!isMap(item) && !isSeq(item)) return null;
    if (depth >= maxDepth) return fault("depth", item);
    depth++;
    open.add(item);
    const result = isMap(item) ? convertMap(item) : item.items.map(convert);
    open.delete(item);
    depth--;
    return result;
  };

  const convertScalar = (item: Node & { value: unknown }): unknown => {
    const value = item.value;
    if (value instanceof Uint8Array || typeof value === "object" || typeof value === "symbol")
      return value === null ? null : fault("tag", item, item.tag ?? "");
    return typeof value === "bigint" ? Number(value) : value;
  };

  const convertAlias = (source: string, item: Node): unknown => {
    const target = anchors.get(source);
    if (target === undefined) return fault("unknown-alias", item, source);
    if (open.has(target)) return fault("aliases", item, source);
    inAlias++;
    const before = aliased;
    const result = convert(target);
    inAlias--;
    if (aliased > maxAliased && before <= maxAliased && inAlias === 0) fault("aliases", item, source);
    return result;
  };

  const convertMap = (item: Node & { items: { key: unknown; value: unknown }[] }): unknown => {
    const result: Record<string, unknown> = Object.create(null);
    for (const pair of item.items) {
      const key = keyText(pair.key);
      if (key === undefined) fault("key", (pair.key as Node | null) ?? item);
      else result[key] = convert(pair.value);
    }
    return result;
  };

  return { value: convert(document.contents), faults };
};

/** A mapping key as text, or undefined when it is no scalar. */
export const keyText = (key: unknown): string | undefined => {
  if (!isScalar(key)) return undefined;
  if (typeof key.value === "string") return key.value;
  return key.source ?? (key.value === null ? "" : String(key.value));
};

/** Whether a plain value is a mapping. */
export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object" && !Array.isArray(value);
