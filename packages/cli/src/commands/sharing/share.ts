import { callApi } from '../../api.ts';
import { assetPath } from '../../asset-path.ts';
import { callerOf, type Caller } from '../../caller.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';

export interface ShareOptions {
  json?: boolean;
}

interface Sharing {
  /** Its URL. */
  object: string;
  state: 'shared' | 'none';
}

/** Announces a work to the caller's followers, or takes that back; the same again changes nothing. */
export async function share(
  terminal: Terminal,
  path: '/share' | '/unshare',
  work: string,
  options: ShareOptions,
): Promise<void> {
  const caller = await callerOf(terminal);
  const { server, credential } = caller;
  const body = { object: await objectOf(caller, work) };
  const sharing = await callApi<Sharing>(server, { method: 'POST', path, body, credential, isRepeatable: true });
  if (options.json) return printJson(terminal, sharing);
  const words = sharing.state === 'shared' ? 'You share' : 'You do not share';
  print(terminal, visible(`${words} ${sharing.object}${sharing.state === 'shared' ? '' : ' any more'}.`));
}

/** A URL as it is; a name is that of an asset. */
async function objectOf({ server, credential }: Caller, work: string): Promise<string> {
  if (/^https?:\/\//.test(work)) return work;
  return (await callApi<{ object_id: string }>(server, { path: assetPath(work), credential })).object_id;
}
