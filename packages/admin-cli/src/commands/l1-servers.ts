import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { confirm } from '../ask.ts';
import { CliError } from '../cli-error.ts';
import { contextOf } from '../context.ts';
import { formatTable } from '../format.ts';
import { auditName, printable } from '../printable.ts';
import { withService } from '../service-client.ts';
import type { Terminal } from '../terminal.ts';
import { endedWords, evictAll, type Evicted } from './evict.ts';

interface L1Server {
  url: string;
  name: string | null;
  status: string;
  listed: 'configured' | 'added' | 'no';
  has_key: boolean;
  last_seen_at: string | null;
}

const urlArgument = 'its address, such as https://l1.example.org';

/** `l1 list|add|set-status|set-key|remove`. */
export function addServerCommands(group: Command, terminal: Terminal): void {
  addList(group, terminal);
  addAdd(group, terminal);
  addSetStatus(group, terminal);
  addSetKey(group, terminal);
  addRemove(group, terminal);
}

/** Notes in the audit log what is about to be done, and has l1-bridge do it. */
export async function changeL1<T>(
  terminal: Terminal,
  command: Command,
  o: {
    action: string;
    path: string;
    url: string;
    body?: Record<string, unknown>;
    options?: Record<string, string | boolean>;
  },
): Promise<T> {
  const target = auditName(o.url.replace(/^https?:\/\//i, ''));
  await contextOf(terminal, command)
    .client()
    .post('/notes', { action: o.action, target, options: o.options ?? {} });
  return await withService(terminal.env, 'l1-bridge', (bridge) =>
    bridge.post<T>(`/l1${o.path}`, { url: o.url, ...o.body }),
  );
}

function addList(group: Command, terminal: Terminal): void {
  group
    .command('list')
    .description('list the L1 servers, those too that are listed no more')
    .action(async (_options, command: Command) => {
      const answer = await withService(terminal.env, 'l1-bridge', (bridge) =>
        bridge.post<{ l1_servers: L1Server[] }>('/l1/list', {}),
      );
      const rows = answer.l1_servers.map((one) => [
        ...[printable(one.url, 80), one.status, one.listed, one.has_key ? 'yes' : 'no'],
        ...[one.last_seen_at?.slice(0, 16) ?? 'never', printable(one.name ?? '-', 40)],
      ]);
      const heading = ['L1', 'STATUS', 'LISTED', 'KEY', 'LAST ATTACHED', 'NAME'];
      contextOf(terminal, command).print(answer, formatTable(heading, rows, 'There are none.'));
    });
}

function addAdd(group: Command, terminal: Terminal): void {
  group
    .command('add')
    .description('list an L1 server beside those of L1_SERVERS')
    .argument('<url>', urlArgument)
    .option('--name <name>', 'what people are shown (default: its host)')
    .action(async (url: string, { name }: { name?: string }, command: Command) => {
      const change = { action: 'l1.added', path: '/add', url, body: { name: name ?? null } };
      const added = await changeL1<{ url: string; is_new: boolean }>(terminal, command, change);
      const said = added.is_new ? 'People can attach to it now' : 'It was listed already';
      contextOf(terminal, command).print(added, `${printable(added.url)}: ${said}.`);
    });
}

function addSetStatus(group: Command, terminal: Terminal): void {
  group
    .command('set-status')
    .description('active; draining: nobody new, who is attached stays; disabled: refused in everything')
    .argument('<url>', urlArgument)
    .argument('<status>', 'active, draining or disabled')
    .action(async (url: string, status: string, _options, command: Command) => {
      const change = { action: 'l1.status_set', path: '/set-status', url, body: { status }, options: { status } };
      const set = await changeL1<{ url: string; status: string }>(terminal, command, change);
      contextOf(terminal, command).print(set, `${printable(set.url)} is ${set.status}.`);
    });
}

function addSetKey(group: Command, terminal: Terminal): void {
  group
    .command('set-key')
    .description('register the public key by which an L1 signs, for L1_REQUIRE_SIGNED_VERIFY')
    .argument('<url>', urlArgument)
    .argument('[file]', 'a PEM that begins with BEGIN PUBLIC KEY')
    .option('--remove', 'instead: take the key away')
    .action(
      async (url: string, file: string | undefined, { remove = false }: { remove?: boolean }, command: Command) => {
        if ((file === undefined) !== remove) throw new CliError('Give the file of a public key, or --remove.');
        const pem = file === undefined ? null : readPem(file);
        const change = {
          action: 'l1.key_set',
          path: '/set-key',
          url,
          body: { public_key_pem: pem },
          options: { remove },
        };
        const set = await changeL1<{ url: string; key: string | null }>(terminal, command, change);
        const said = set.key === null ? 'has no key any more' : `signs by a key of kind ${set.key}`;
        contextOf(terminal, command).print(set, `${printable(set.url)} ${said}.`);
      },
    );
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${error instanceof Error ? error.message : 'no reason given'}`);
  }
}

function addRemove(group: Command, terminal: Terminal): void {
  group
    .command('remove')
    .description(
      'have nothing more to do with an L1: its key, people’s attachments and tokens there, what it was to be told',
    )
    .argument('<url>', urlArgument)
    .option('--yes', 'do not ask')
    .action(async (url: string, { yes }: { yes?: boolean }, command: Command) => {
      const question = `Everybody who works at ${printable(url)} is thrown out, and its key is forgotten: adding it again brings nothing back. Remove it?`;
      if (yes !== true) await confirm(terminal, question);
      const change = { action: 'l1.removed', path: '/remove', url };
      const first = await changeL1<Evicted & { url: string }>(terminal, command, change);
      const ended = await evictAll(terminal, first.url, first);
      const said = `${printable(first.url)} is listed no more. ${endedWords(ended)}`;
      contextOf(terminal, command).print({ url: first.url, ...ended }, said);
    });
}
