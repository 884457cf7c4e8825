import { callAsUser } from '../../call-as-user.ts';
import { CliError } from '../../cli-error.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface EndSessionOptions {
  others?: boolean;
  json?: boolean;
}

/** Ends a session of the account, or all others than that of this login. */
export async function endSession(
  terminal: Terminal,
  id: string | undefined,
  options: EndSessionOptions,
): Promise<void> {
  if ((id === undefined) === (options.others !== true)) {
    throw new CliError('name the session (see: artdag sessions list), or say --others: one of the two.');
  }
  const path = id === undefined ? '/auth/sessions' : `/auth/sessions/${encodeURIComponent(id)}`;
  await callAsUser(terminal, { method: 'DELETE', path });
  if (options.json) return printJson(terminal, { status: 'ended', session: id ?? null });
  print(terminal, id === undefined ? 'Ended all sessions but this one.' : `Ended ${id}.`);
}
