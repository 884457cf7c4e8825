import type { Execute } from '../execute.ts';

/** `processed_events` in memory, with the one statement that consumers run on it: marks stay only when the work succeeds. */
export function memoryMarks(): { transaction: <R>(work: (execute: Execute) => Promise<R>) => Promise<R> } {
  const marks = new Set<string>();
  return {
    async transaction(work) {
      const mine: string[] = [];
      const execute: Execute = async (_sql, params) => {
        const key = params.join('\n');
        if (marks.has(key)) return { rows: [], rowCount: 0 };
        marks.add(key);
        mine.push(key);
        return { rows: [], rowCount: 1 };
      };
      try {
        return await work(execute);
      } catch (error) {
        for (const key of mine) marks.delete(key);
        throw error;
      }
    },
  };
}
