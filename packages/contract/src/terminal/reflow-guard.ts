interface RowList {
  set(index: number, row: unknown): void;
}

const guarded = new WeakSet<RowList>();

/**
 * Keeps xterm 6.0.0 from losing rows at the bottom when it becomes narrower. What no longer fits its scrollback
 * it writes before the first row (`Buffer._reflowSmaller`), and in a list that has dropped rows before, that is
 * the place of the last ones: the prompt would turn into a piece of older output.
 * @param terminal of `@xterm/xterm` or `@xterm/headless`; once for one of them is for all
 */
export const guardReflow = (terminal: object): void => {
  const { lines } = (
    terminal as { readonly _core: { readonly buffers: { readonly normal: { readonly lines: RowList } } } }
  )._core.buffers.normal;
  const list = Object.getPrototypeOf(lines) as RowList;
  if (guarded.has(list)) return;
  guarded.add(list);
  const { set } = list;
  list.set = function (this: RowList, index, row) {
    if (index >= 0) set.call(this, index, row);
  };
};
