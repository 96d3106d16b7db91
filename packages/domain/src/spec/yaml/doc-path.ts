/** Where in a document: keys and indexes from the root. */
export type DocPath = readonly (string | number)[];

/** `steps[2].files[0].source`; keys that are no plain words are quoted in brackets. */
export const formatPath = (path: DocPath): string => {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(part)) text += text === "" ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
};
