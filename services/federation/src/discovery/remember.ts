/**
 * Asks at most once in `forMs`, once for all who want it meanwhile. An answer that failed is not kept.
 */
export function remember<T>(ask: () => Promise<T>, now: () => Date, forMs: number): () => Promise<T> {
  let kept: { answer: Promise<T>; at: number } | undefined;
  return () => {
    const at = now().getTime();
    if (kept !== undefined && at - kept.at < forMs) return kept.answer;
    const answer = ask();
    kept = { answer, at };
    answer.catch(() => (kept = undefined));
    return answer;
  };
}
