import { refusalOf, userAgent } from '../../api.ts';
import type { Caller } from '../../caller.ts';
import { CliError } from '../../cli-error.ts';
import { sendPatiently } from '../../send.ts';

/** What the server says of one line. */
export interface LineAnswer {
  status: number;
  asset?: { name: string; activity_url: string };
  code?: string;
  detail?: unknown;
  /** It stands for all lines from its own on. */
  rest?: true;
}

export interface BatchAnswer {
  /** Of the first lines, in their order. */
  answers: LineAnswer[];
  /** Why the others have to be sent again, and when. */
  later?: { reason: string; afterMs: number };
}

const timeoutMs = 150_000;
/** Until the works of the next minute may come. */
const fullPauseMs = 15_000;
const pauseMs = 2_000;

/**
 * Sends works to `POST /assets/batch`. Sent again, a line that was registered answers as it stands.
 *
 * @throws ApiError when the whole batch is refused, and another time would be no different
 */
export async function sendBatch(
  { server, credential }: Caller,
  works: readonly unknown[],
  signal: AbortSignal,
): Promise<BatchAnswer> {
  const path = '/assets/batch';
  const response = await sendPatiently({
    method: 'POST',
    url: new URL(server + path),
    headers: { accept: 'application/x-ndjson', 'content-type': 'application/x-ndjson', 'user-agent': userAgent },
    body: Buffer.from(works.map((work) => `${JSON.stringify(work)}\n`).join('')),
    credential,
    isRepeatable: true,
    timeoutMs,
    signal,
  });
  if (response.ok) return readAnswers(await response.text().catch(() => ''), works.length);
  const refusal = await refusalOf(server, { path, credential }, response);
  if (response.status !== 429 && response.status !== 503) throw refusal;
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const afterMs = seconds > 0 && seconds < 600 ? seconds * 1000 : pauseMs;
  return { answers: [], later: { reason: refusal.message, afterMs } };
}

function readAnswers(text: string, expected: number): BatchAnswer {
  const records = text.split('\n').flatMap(recordOf);
  const rest = records.find((record) => record.rest === true);
  const answers = records.filter((record) => record.rest !== true);
  if (answers.length > expected) throw new CliError('the server answered for more works than were sent.');
  if (answers.length === expected) return { answers };
  const reason = typeof rest?.detail === 'string' ? rest.detail : 'the connection to the server was lost.';
  return { answers, later: { reason, afterMs: rest?.status === 429 ? fullPauseMs : pauseMs } };
}

/** Nothing for a line that was cut off. */
function recordOf(line: string): LineAnswer[] {
  try {
    const record = JSON.parse(line) as LineAnswer | null;
    return typeof record?.status === 'number' ? [record] : [];
  } catch {
    return [];
  }
}
