/** A part of a text, `end` not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Found {
  /** What forms cover, in order; those that overlap or touch are one. */
  readonly spans: readonly Span[];
  /** Characters at the text's end with which a form begins that may go on in what follows. */
  readonly open: number;
}

/** Finds all forms in a text in one go: what it costs depends on the text, and not on how many forms there are. */
export interface FormFinder {
  readonly longest: number;
  /** @param before where a span ended that this text goes on with; 0 also when it begins right after one */
  find(text: string, before?: number): Found;
}

const asciiEnd = 128;

/**
 * The beginnings of forms as a tree; 0 is its root, the empty one, and stands for "none" where a child is meant.
 * Nearly every beginning goes on in one way only, so that children are a list.
 */
interface Beginnings {
  readonly firstChild: Int32Array;
  readonly sibling: Int32Array;
  readonly code: Int32Array;
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  /** Characters of the longest form that ends there; 0: none. */
  readonly ends: Int32Array;
}

const plant = (forms: readonly string[]): Beginnings => {
  const most = 1 + forms.reduce((sum, { length }) => sum + length, 0);
  const [firstChild, sibling, code, parent, depth, ends] = Array.from({ length: 6 }, () => new Int32Array(most)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  let count = 1;
  for (const form of forms) {
    let state = 0;
    for (let at = 0; at < form.length; at++) {
      const wanted = form.charCodeAt(at);
      let child = firstChild[state] as number;
      while (child !== 0 && code[child] !== wanted) child = sibling[child] as number;
      if (child === 0) {
        child = count++;
        sibling[child] = firstChild[state] as number;
        firstChild[state] = child;
        code[child] = wanted;
        parent[child] = state;
        depth[child] = at + 1;
      }
      state = child;
    }
    ends[state] = form.length;
  }
  const cut = (array: Int32Array): Int32Array => array.slice(0, count);
  return {
    firstChild: cut(firstChild),
    sibling: cut(sibling),
    code: cut(code),
    parent: cut(parent),
    depth: cut(depth),
    ends: cut(ends),
  };
};

/** An automaton after Aho and Corasick (1975): its states are the beginnings of forms. */
export const createFormFinder = (forms: readonly string[]): FormFinder => {
  const { firstChild, sibling, code: codes, parent, depth, ends } = plant(forms);
  /** By state: the longest other beginning that its own end is. */
  const falls = new Int32Array(depth.length);
  // Nearly every character of a text begins no form.
  const begins = new Int32Array(asciiEnd);
  for (let child = firstChild[0] as number; child !== 0; child = sibling[child] as number)
    if ((codes[child] as number) < asciiEnd) begins[codes[child] as number] = child;
  const childOf = (state: number, code: number): number => {
    if (state === 0 && code < asciiEnd) return begins[code] as number;
    let child = firstChild[state] as number;
    while (child !== 0 && codes[child] !== code) child = sibling[child] as number;
    return child;
  };
  const step = (from: number, code: number): number => {
    for (let state = from; ; state = falls[state] as number) {
      const child = childOf(state, code);
      if (child !== 0 || state === 0) return child;
    }
  };
  const byDepth = depth.map((_, state) => state).sort((a, b) => (depth[a] as number) - (depth[b] as number));
  for (const state of byDepth.subarray(1)) {
    const above = parent[state] as number;
    falls[state] = above === 0 ? 0 : step(falls[above] as number, codes[state] as number);
    if (ends[state] === 0) ends[state] = ends[falls[state] as number] as number;
  }

  return {
    longest: Math.max(0, ...forms.map(({ length }) => length)),
    find: (text, before) => {
      const spans: Span[] = before === undefined ? [] : [{ start: 0, end: before }];
      let state = 0;
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        state = state === 0 && code < asciiEnd ? (begins[code] as number) : step(state, code);
        const length = ends[state] as number;
        if (length === 0) continue;
        let start = at + 1 - length;
        for (let last = spans.at(-1); last !== undefined && last.end >= start; last = spans.at(-1)) {
          start = Math.min(start, last.start);
          spans.pop();
        }
        spans.push({ start, end: at + 1 });
      }
      return { spans, open: depth[state] as number };
    },
  };
};
