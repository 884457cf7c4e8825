import { callApi } from '../../api.ts';
import { callerOf } from '../../caller.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';
import { findStorage, storagePath } from './storage.ts';

export interface TestStorageOptions {
  json?: boolean;
}

interface TestAnswer {
  ok: boolean;
  message: string;
  latency_ms: number;
}

/**
 * Has the server ask a provider whether it takes the credentials.
 *
 * @returns the exit code: 1 when it does not
 */
export async function testStorage(terminal: Terminal, named: string, options: TestStorageOptions): Promise<number> {
  const caller = await callerOf(terminal);
  const { server, credential } = caller;
  const storage = await findStorage(caller, named);
  const path = storagePath(storage, '/test');
  const answer = await callApi<TestAnswer>(server, { method: 'POST', path, credential });
  if (options.json) printJson(terminal, answer);
  else {
    const verdict = answer.ok ? 'ok' : 'failed';
    print(terminal, `${storage.provider_name}: ${verdict}, ${visible(answer.message)} (${answer.latency_ms} ms)`);
  }
  return answer.ok ? 0 : 1;
}
