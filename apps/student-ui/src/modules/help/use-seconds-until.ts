import { useEffect, useState } from "react";

/** Whole seconds until a local time, counting down; 0 without one or when it is past. */
export const useSecondsUntil = (time: number | undefined): number => {
  const [now, setNow] = useState(() => Date.now());
  const isWaiting = time !== undefined && time > now;
  useEffect(() => {
    if (time === undefined) return;
    setNow(Date.now());
    if (!isWaiting && Date.now() >= time) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [time, isWaiting]);
  return isWaiting ? Math.ceil((time - now) / 1000) : 0;
};
