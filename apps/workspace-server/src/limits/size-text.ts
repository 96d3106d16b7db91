/** As a person reads a size: `50 MiB`, `1.5 GiB`, `512 bytes`. */
export const sizeText = (bytes: number): string => {
  const gib = bytes / 1024 ** 3;
  if (gib >= 1) return `${Number(gib.toFixed(1))} GiB`;
  return bytes >= 1024 ** 2 ? `${Number((bytes / 1024 ** 2).toFixed(1))} MiB` : `${bytes} bytes`;
};
