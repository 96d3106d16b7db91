/** What nearly every message is, read without a schema; undefined for all others. */
export const readAck = (text: string): number | undefined => {
  const seq = /^\{"t":"ack","seq":(\d{1,15})\}$/.exec(text)?.[1];
  return seq === undefined ? undefined : Number(seq);
};
