/** Flags of k3d 5 by command, with whether a value follows as the next word: https://k3d.io/stable/usage/commands */
const documented: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  "cluster create": {
    "--network": true,
    "--api-port": true,
    "--image": true,
    "--k3s-arg": true,
    "--runtime-label": true,
    "--kubeconfig-update-default": false,
    "--kubeconfig-switch-context": false,
    "--wait": false,
    "--timeout": true,
  },
  "cluster start": { "--wait": false, "--timeout": true },
  "cluster stop": {},
  "cluster delete": {},
  "cluster list": { "--output": true },
  "kubeconfig get": {},
};

/** What k3d's documentation does not know of a call's words; undefined: it knows them all. */
export const undocumentedIn = ([noun, verb, ...rest]: readonly string[]): string | undefined => {
  const flags = documented[`${noun} ${verb}`];
  if (flags === undefined) return `${noun} ${verb}`;
  for (let index = 0; index < rest.length; index++) {
    const [flag = "", inline] = (rest[index] ?? "").split("=", 2);
    if (!flag.startsWith("--")) continue;
    if (!(flag in flags)) return `${noun} ${verb} ${flag}`;
    if (flags[flag] === true && inline === undefined) index++;
  }
  return undefined;
};
