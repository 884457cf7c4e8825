import { Pool } from 'undici';
import { newAsset } from './new-asset.ts';

export const linesPerBatch = 1_000;
/** As many at once as one actor may have under way. */
const atOnce = 2;

/** Sends batches, each when the one before was answered, and returns how many works a second were registered. */
export async function registerInBatches(
  origin: string,
  headers: () => Promise<Record<string, string>>,
  seconds: number,
): Promise<{ rate: number; registered: number }> {
  const pool = new Pool(origin, { connections: atOnce, pipelining: 1 });
  const started = performance.now();
  const end = started + seconds * 1000;
  let registered = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const body = `${Array.from({ length: linesPerBatch }, newAsset).join('\n')}\n`;
      const { statusCode, body: answer } = await pool.request({
        method: 'POST',
        path: '/assets/batch',
        headers: { 'content-type': 'application/x-ndjson', ...(await headers()) },
        body,
      });
      checkAnswer(statusCode, await answer.text());
      registered += linesPerBatch;
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
    return { rate: registered / ((performance.now() - started) / 1000), registered };
  } finally {
    await pool.close();
  }
}

/** Each line has to be there, in its place, and registered. */
function checkAnswer(status: number, text: string): void {
  const lines = text.trimEnd().split('\n');
  const wrong = lines.findIndex((line, i) => !line.startsWith(`{"line":${i + 1},"status":201,"asset":{"name":"bench-`));
  if (status === 200 && lines.length === linesPerBatch && wrong === -1) return;
  throw new Error(
    `POST /assets/batch answered ${status}: ${lines.length} lines, ${(lines[wrong] ?? '').slice(0, 300)}`,
  );
}
