/** The first `limit` code units, without half a surrogate pair at the end. */
export const wholeCharacters = (text: string, limit: number): string => {
  const cut = text.slice(0, limit);
  return cut.length < text.length && /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
};
