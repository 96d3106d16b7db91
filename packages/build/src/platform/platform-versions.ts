/** What the platform layer is made of. A change here makes a new runtime layer. */
export const platformVersions = { node: "26.10.0", nodePty: "1.1.0", goss: "0.4.9" } as const;

/** npm's and Debian's names of a container platform. */
export const architectures = {
  "linux/amd64": { npm: "x64", loader: "ld-linux-x86-64.so.2" },
  "linux/arm64": { npm: "arm64", loader: "ld-linux-aarch64.so.1" },
} as const;

export type Platform = keyof typeof architectures;

export const isPlatform = (text: string): text is Platform => Object.hasOwn(architectures, text);

/** The platform of an engine's `Architecture`: `x86_64`, `aarch64`, `amd64`, `arm64`. */
export const platformOf = (architecture: string): Platform | undefined =>
  (({ x86_64: "linux/amd64", amd64: "linux/amd64", aarch64: "linux/arm64", arm64: "linux/arm64" }) as const)[
    architecture
  ];
