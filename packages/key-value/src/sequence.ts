/**
 * Numbers one channel's messages and finds holes in them. A subscriber knows no number until its first message, and none again after
 * a gap: the first number is taken as it comes, as whoever subscribes (or was told of the gap) starts from the truth.
 */
export interface Sequence {
  /** Takes the next message's number. True when the one expected did not come: some were lost, or the counter was. */
  isGap(number: number): boolean;
  reset(): void;
}

export function createSequence(): Sequence {
  let last: number | undefined;
  return {
    isGap(number) {
      const gap = last !== undefined && number !== last + 1;
      last = number;
      return gap;
    },
    reset() {
      last = undefined;
    },
  };
}

/** Redis messages are `<number>:<text>`; undefined for anything else, which somebody else has published. */
export function parseNumbered(raw: string): { number: number; message: string } | undefined {
  const colon = raw.indexOf(':');
  const digits = raw.slice(0, colon);
  if (colon < 1 || colon > 16 || !/^\d+$/.test(digits)) return undefined;
  return { number: Number(digits), message: raw.slice(colon + 1) };
}
