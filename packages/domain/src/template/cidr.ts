/** Whether a text is an IPv4 or IPv6 network: address, slash, length of the prefix. */
export const isCidr = (text: string): boolean => {
  const [address = "", length = "", ...rest] = text.split("/");
  if (rest.length > 0 || !/^\d{1,3}$/.test(length)) return false;
  return address.includes(":") ? isIpv6(address) && Number(length) <= 128 : isIpv4(address) && Number(length) <= 32;
};

const isIpv4 = (address: string): boolean => {
  const parts = address.split(".");
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
};

const isIpv6 = (address: string): boolean => {
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const isShort = halves.length === 2;
  return (
    groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) && (isShort ? groups.length < 8 : groups.length === 8)
  );
};
