import { Option, type Command } from 'commander';
import { contextOf } from '../context.ts';
import type { Terminal } from '../terminal.ts';

interface Actor {
  actor_id: string;
  actor_type: string;
  handle: string;
  display_name: string;
  email: string | null;
  status: string;
  is_sysadmin: boolean;
  memberships: { microdao_id: string; role: string }[];
  created_at: string;
}

const one = '<actor>';
const whichActor = 'an id such as user:93, or a handle';
const pathOf = (ref: string): string => `/actors/${encodeURIComponent(ref)}`;

const userCommands = [
  {
    name: 'disable',
    does: 'end all that an account has, and let nobody in',
    done: 'is disabled; nothing it had is accepted any more',
  },
  { name: 'enable', does: 'let a disabled account log in again', done: 'is enabled; it logs in anew' },
  {
    name: 'delete',
    does: 'disable an account for ever and erase its personal data',
    done: 'is deleted; the handle stays taken',
  },
];

const officeCommands = [
  { name: 'grant', does: 'make somebody a sysadmin', done: 'is a sysadmin now' },
  { name: 'revoke', does: 'take the office back, and end the sessions that carry it', done: 'is no sysadmin' },
];

/** `user show|disable|enable|delete`, `sysadmin grant|revoke`, `actor create`. */
export function addActorCommands(program: Command, terminal: Terminal): void {
  const user = program.command('user').description('accounts of people, agents and services');
  user
    .command('show')
    .description('say what auth knows of an actor')
    .argument(one, whichActor)
    .action(async (ref: string, _options, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      const actor = await client().get<Actor>(pathOf(ref));
      print(actor, describe(actor));
    });
  for (const { name, does, done } of userCommands) addChange(user, terminal, { name, does, done, path: name });
  const sysadmin = program.command('sysadmin').description('who may do everything');
  for (const { name, does, done } of officeCommands) {
    addChange(sysadmin, terminal, { name, does, done, path: `sysadmin/${name}` });
  }
  addCreate(program, terminal);
}

function addChange(
  group: Command,
  terminal: Terminal,
  change: { name: string; does: string; done: string; path: string },
): void {
  group
    .command(change.name)
    .description(change.does)
    .argument(one, whichActor)
    .action(async (ref: string, _options, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      const actor = await client().post<Actor>(`${pathOf(ref)}/${change.path}`);
      print(actor, `${actor.handle} (${actor.actor_id}) ${change.done}.`);
    });
}

function addCreate(program: Command, terminal: Terminal): void {
  program
    .command('actor')
    .description('actors that are no people')
    .command('create')
    .description('make an agent or a service')
    .addOption(new Option('--type <type>', 'what it is').choices(['agent', 'service']).makeOptionMandatory())
    .requiredOption('--handle <handle>', 'its name: 3 to 64 of a-z, 0-9 and hyphen')
    .option('--name <text>', 'what people are shown')
    .option('--owner <actor>', `whose it is: ${whichActor}`)
    .action(async (options: { type: string; handle: string; name?: string; owner?: string }, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      const { type, handle, name, owner } = options;
      const actor = await client().post<Actor>('/actors', { actor_type: type, handle, display_name: name, owner });
      print(actor, `Made the ${type} ${actor.handle} (${actor.actor_id}).`);
    });
}

function describe(actor: Actor): string {
  const lines: [string, string][] = [
    ['id', actor.actor_id],
    ['type', actor.actor_type],
    ['handle', actor.handle],
    ['name', actor.display_name],
    ['e-mail', actor.email ?? '-'],
    ['status', actor.status],
    ['sysadmin', actor.is_sysadmin ? 'yes' : 'no'],
    ['member of', actor.memberships.map(({ microdao_id, role }) => `${microdao_id} (${role})`).join(', ') || '-'],
    ['since', actor.created_at],
  ];
  return lines.map(([label, value]) => `${label.padEnd(9)}  ${value}`).join('\n');
}
