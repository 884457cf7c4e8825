import type { L1User } from '@artdag/l1-kit';
import type { RunDocument } from './runs.ts';

export interface Published {
  status: number;
  body: unknown;
}

/** Has L2 record a run as its user's work: L2 fetches the run from here itself. */
export async function publish(
  publicUrl: string,
  user: L1User,
  token: string,
  { run_id, output_name }: RunDocument,
): Promise<Published> {
  try {
    const response = await fetch(`${user.l2Server}/assets/record-run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ run_id, l1_server: publicUrl, output_name }),
      redirect: 'error',
      // L2 gives this server up to 30 s to hand out the run.
      signal: AbortSignal.timeout(40_000),
    });
    return { status: response.status, body: await response.json() };
  } catch {
    return { status: 502, body: { code: 'l2_unreachable', detail: `${user.l2Server} does not answer.` } };
  }
}
