import { RevocationUnavailable } from './unavailable.ts';

/** Asks the truth; whatever keeps it from answering is a RevocationUnavailable. */
export async function askInTime(
  ask: (ids: readonly string[]) => Promise<Record<string, string>>,
  ids: readonly string[],
  timeoutMs: number,
): Promise<ReadonlyMap<string, string>> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    });
    return new Map(Object.entries(await Promise.race([ask(ids), late])));
  } catch (error) {
    throw new RevocationUnavailable(error);
  } finally {
    clearTimeout(timer);
  }
}
