import { Option, type Command } from 'commander';
import { contextOf } from '../context.ts';
import { formatTable } from '../format.ts';
import type { Terminal } from '../terminal.ts';

interface Org {
  id: string;
  public_id: string;
  name: string;
  kind: string;
  members: { handle: string; role: string }[];
}

interface Membership {
  org: string;
  actor_id: string;
  role: string | null;
}

const whichOrg = 'its slug, its public id microdao:<slug>, or its id';
const whichActor = 'an id such as user:93, or a handle';
const roles = ['owner', 'admin', 'member'];

/** `org create|list|add-member|set-role|remove-member`. */
export function addOrgCommands(program: Command, terminal: Terminal): void {
  const group = program.command('org').description('organisations (microDAOs)');
  addCreate(group, terminal);
  addList(group, terminal);
  addMemberCommand(group, terminal, { name: 'add-member', does: 'make somebody a member', path: 'add' });
  addMemberCommand(group, terminal, { name: 'set-role', does: 'give a member another role', path: 'set-role' });
  addMemberCommand(group, terminal, { name: 'remove-member', does: 'end a membership', path: 'remove' });
}

function addCreate(group: Command, terminal: Terminal): void {
  group
    .command('create')
    .description('make an organisation with its first owner')
    .argument('<slug>', 'its name in addresses: 3 to 30 of a-z, 0-9 and hyphen')
    .requiredOption('--owner <actor>', whichActor)
    .option('--name <text>', 'what people are shown (default: the slug)')
    .action(async (slug: string, options: { owner: string; name?: string }, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      const org = await client().post<Org>('/orgs', { slug, ...options });
      print(org, `Made ${org.public_id} (${org.id}), owned by ${options.owner}.`);
    });
}

function addList(group: Command, terminal: Terminal): void {
  group
    .command('list')
    .description('list organisations and their members, by name')
    .option('--personal', 'personal ones too')
    .option('--limit <n>', 'at most this many, 1 to 500', '100')
    .option('--after <public-id>', 'go on after this one')
    .action(async (options: { personal?: boolean; limit: string; after?: string }, command: Command) => {
      const { client, print } = contextOf(terminal, command);
      const query = { personal: String(options.personal === true), limit: options.limit, after: options.after };
      const answer = await client().get<{ orgs: Org[] }>('/orgs', query);
      const rows = answer.orgs.map((org) => [
        org.public_id,
        org.kind,
        org.name,
        org.members.map(({ handle, role }) => `${handle} (${role})`).join(', '),
      ]);
      print(answer, formatTable(['ORGANISATION', 'KIND', 'NAME', 'MEMBERS'], rows, 'There are none.'));
    });
}

function addMemberCommand(group: Command, terminal: Terminal, o: { name: string; does: string; path: string }): void {
  const command = group.command(o.name).description(o.does).argument('<org>', whichOrg).argument('<actor>', whichActor);
  const role = new Option('--role <role>', 'what the member may do').choices(roles);
  if (o.path === 'add') command.addOption(role.default('member'));
  if (o.path === 'set-role') command.addOption(role.makeOptionMandatory());
  command.action(async (org: string, actor: string, options: { role?: string }, self: Command) => {
    const { client, print } = contextOf(terminal, self);
    const path = `/orgs/${encodeURIComponent(org)}/members/${o.path}`;
    const done = await client().post<Membership>(path, { actor, ...options });
    const text = done.role === null ? `is no member of ${done.org} any more` : `is ${done.role} of ${done.org}`;
    print(done, `${actor} ${text}.`);
  });
}
