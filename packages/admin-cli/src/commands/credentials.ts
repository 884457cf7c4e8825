import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { contextOf } from '../context.ts';
import type { Terminal } from '../terminal.ts';

interface MintedToken {
  id: string;
  token: string;
  expires_at: string;
}

interface MadeApiKey {
  id: string;
  key: string;
  expires_at: string | null;
}

interface MintOptions {
  actor?: string;
  service?: string;
  scopes?: string[];
  ttl?: string;
  label?: string;
}

const whichActor = 'an id such as user:93, or a handle';
const listOf = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== '');

/** `mint-token`, `api-key create`, `prune-denylist`. */
export function addCredentialCommands(program: Command, terminal: Terminal): void {
  addMintToken(program, terminal);
  addApiKey(program, terminal);
  program
    .command('prune-denylist')
    .description('delete what nobody asks for any more: ended denials, sessions and refresh tokens')
    .action(async (_options, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      const { deleted } = await client().post<{ deleted: Record<string, number> }>('/prune');
      const parts = Object.entries(deleted).map(([what, count]) => `${count} ${what.replaceAll('_', ' ')}`);
      print({ deleted }, `Deleted ${parts.join(', ')}.`);
    });
}

function addMintToken(program: Command, terminal: Terminal): void {
  program
    .command('mint-token')
    .description('make an API token for somebody without a login; it is shown this once')
    .option('--actor <actor>', `for whom: ${whichActor}`)
    .option('--service <service>', 'the same, and refused unless it is a service')
    .option('--scopes <list>', 'what it may do, separated by commas (default: read:*)', listOf)
    .option('--ttl <duration>', 'how long it lives: seconds, or such as 30m, 12h, 90d', '24h')
    .option('--label <text>', 'what it is for', 'minted by artdag-admin')
    .action(async (options: MintOptions, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      const { actor, service, scopes, label } = options;
      const given = [actor, service].filter((name) => name !== undefined);
      if (given.length !== 1) throw new CliError('Say for whom: either --actor or --service.');
      const body = { actor: given[0], ...(service === undefined ? {} : { actor_type: 'service' }) };
      const expires_in = secondsOf(options.ttl ?? '');
      const minted = await client().post<MintedToken>('/tokens', { ...body, scopes, label, expires_in });
      print(minted, minted.token);
    });
}

function addApiKey(program: Command, terminal: Terminal): void {
  program
    .command('api-key')
    .description('API keys of services and agents')
    .command('create')
    .description('make an API key, which is shown this once')
    .requiredOption('--actor <actor>', `whose: ${whichActor}`)
    .option('--scopes <list>', 'what it may do, separated by commas (default: all that the actor may)', listOf)
    .option('--expires-days <n>', 'how many days it lives, 1 to 3650 (default: for ever)')
    .option('--description <text>', 'what it is for', 'made by artdag-admin')
    .action(
      async (
        options: { actor: string; scopes?: string[]; expiresDays?: string; description?: string },
        command: Command,
      ) => {
        const { client, print } = contextOf(terminal, command);
        const { actor, scopes, description, expiresDays } = options;
        const expires_days = expiresDays === undefined ? undefined : wholeNumber('--expires-days', expiresDays);
        const made = await client().post<MadeApiKey>('/api-keys', { actor, scopes, description, expires_days });
        print(made, made.key);
      },
    );
}

const unitSeconds: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** `90`, `30m`, `12h`, `90d` in seconds. @throws CliError */
export function secondsOf(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? [];
  const factor = unitSeconds[unit];
  if (amount !== '' && factor !== undefined && Number(amount) > 0) return Number(amount) * factor;
  throw new CliError(`--ttl is "${text}", wants seconds or a number with s, m, h or d, such as 12h.`);
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CliError(`${option} is "${text}", wants a whole number.`);
}
