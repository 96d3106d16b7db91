/** `512Mi`, `1G`, `1.5Gi`, `1048576`: as Kubernetes writes quantities of memory. */
export const bytesPattern = /^\d{1,15}(?:\.\d{1,6})?(?:[kKMGT]i?)?B?$/;

const binary: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
const decimal: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Whole bytes, or undefined when the text is not an amount of memory. */
export const parseBytes = (text: string): number | undefined => {
  if (!bytesPattern.test(text)) return undefined;
  const [, amount, unit = "", i] = /^([\d.]+)([kKMGT])?(i)?B?$/.exec(text) ?? [];
  const factor = unit === "" ? 1 : ((i === undefined ? decimal : binary)[unit.toUpperCase()] ?? 1);
  return Math.round(Number(amount) * factor);
};
