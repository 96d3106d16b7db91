/** A path of this folder with its `:names` filled in, each as one segment. */
export const fillPath = (template: string, values: Readonly<Record<string, string>> = {}): string =>
  template.replace(/:([a-z]+)/g, (_whole, name: string) => encodeURIComponent(values[name] ?? ""));
