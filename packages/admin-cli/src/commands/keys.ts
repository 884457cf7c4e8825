import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, Option, type Command } from 'commander';
import type { AdminClient } from '../admin-client.ts';
import { CliError } from '../cli-error.ts';
import { contextOf } from '../context.ts';
import { formatTable } from '../format.ts';
import type { Terminal } from '../terminal.ts';
import { addMoveKeys } from './move-keys.ts';
import { rewrapDataKeys, sealingServices, type RewrapOptions } from './rewrap-data-keys.ts';
import { rotateActorKeys, type RotateActorKeysOptions } from './rotate-actor-keys.ts';

interface Key {
  kid: string;
  status: string;
  created_at: string;
  activates_at: string | null;
  not_after: string | null;
}

type RotateOptions = RotateActorKeysOptions & RewrapOptions & { wait?: boolean; retire?: string };

const pollMs = 1000;

/** `keys list|import|export` and `rotate-key`. */
export function addKeyCommands(program: Command, terminal: Terminal): void {
  const group = program.command('keys').description("the keys that sign tokens, and the actors' own keys");
  addMoveKeys(group, terminal);
  group
    .command('list')
    .description('list the keys that sign and verify tokens')
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
    .addArgument(new Argument('<kind>', 'which key').choices(['rs256', 'ap-actor', 'data-encryption']))
    .option('--wait', 'rs256: return when the new key signs')
    .option(
      '--retire <kid>',
      'rs256: instead, end a key that has stopped signing; what it signed is refused from then on',
    )
    .option('--user <handle>', 'ap-actor: whose keys')
    .addOption(new Option('--key <kind>', 'ap-actor: only this one (default: both)').choices(['rsa', 'ed25519']))
    .addOption(
      new Option('--service <name>', 'data-encryption: only what this one has sealed (default: all)').choices(
        sealingServices,
      ),
    )
    .option('--compromised', 'ap-actor: somebody else has the former key; nothing it signed is to be believed')
    .action(async (kind: string, options: RotateOptions, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      const note = (body: Record<string, unknown>) => client().post('/notes', body);
      if (kind === 'ap-actor') return await rotateActorKeys(terminal.env, options, { print, note });
      if (kind === 'data-encryption') return await rewrapDataKeys(terminal.env, options, { print, note });
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
