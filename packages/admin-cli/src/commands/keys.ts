import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, type Command } from 'commander';
import type { AdminClient } from '../admin-client.ts';
import { CliError } from '../cli-error.ts';
import { contextOf } from '../context.ts';
import { formatTable } from '../format.ts';
import type { Terminal } from '../terminal.ts';

interface Key {
  kid: string;
  status: string;
  created_at: string;
  activates_at: string | null;
  not_after: string | null;
}

const pollMs = 1000;

/** `keys list` and `rotate-key rs256`: the key ring that signs tokens. */
export function addKeyCommands(program: Command, terminal: Terminal): void {
  program
    .command('keys')
    .description('the keys that sign and verify tokens')
    .command('list')
    .description('list the key ring')
    .action(async (_options, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      const answer = await client().get<{ keys: Key[] }>('/keys');
      const rows = answer.keys.map((key) => [
        key.kid,
        key.status,
        key.created_at,
        key.activates_at ?? '-',
        key.not_after ?? '-',
      ]);
      print(answer, formatTable(['KID', 'STATUS', 'MADE', 'SIGNS FROM', 'VERIFIES UNTIL'], rows, 'There are none.'));
    });
  addRotate(program, terminal);
}

function addRotate(program: Command, terminal: Terminal): void {
  program
    .command('rotate-key')
    .description('publish a new key, which signs once everybody can know it; the old one goes on verifying')
    .addArgument(new Argument('<kind>', 'which key').choices(['rs256']))
    .option('--wait', 'return when the new key signs')
    .option('--retire <kid>', 'instead, end a key that has stopped signing; what it signed is refused from then on')
    .action(async (_kind: string, options: { wait?: boolean; retire?: string }, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      if (options.retire !== undefined) {
        const key = await client().post<Key>(`/keys/${encodeURIComponent(options.retire)}/retire`);
        return print(key, `The key ${key.kid} is retired; what it signed is refused.`);
      }
      const made = await client().post<Key>('/keys/rotate');
      const key = options.wait === true ? await untilItSigns(client(), made) : made;
      const from = key.activates_at === null ? '' : ` from ${key.activates_at}`;
      print(key, `The new key is ${key.kid}; it ${key.status === 'primary' ? 'signs now' : `signs${from}`}.`);
    });
}

async function untilItSigns(client: AdminClient, made: Key): Promise<Key> {
  const due = made.activates_at === null ? Date.now() : Date.parse(made.activates_at);
  const giveUpAt = due + 120_000;
  for (;;) {
    const { keys } = await client.get<{ keys: Key[] }>('/keys');
    const key = keys.find(({ kid }) => kid === made.kid);
    if (key === undefined)
      throw new CliError(`The key ${made.kid} is gone from the ring. Look at: artdag-admin keys list.`);
    if (key.status === 'primary') return key;
    if (Date.now() > giveUpAt) throw new CliError(`The key ${made.kid} does not sign yet. Look at auth's log.`);
    await sleep(Math.min(Math.max(due - Date.now(), pollMs), 15_000));
  }
}
