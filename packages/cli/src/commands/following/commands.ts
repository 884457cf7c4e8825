import type { Command } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { follow, unfollow, type FollowOptions } from './follow.ts';
import { listActors, type ListActorsOptions } from './list-actors.ts';

/** `follow`, `unfollow` and `following`. */
export function addFollowingCommands(program: Command, terminal: Terminal): void {
  program
    .command('follow <actor>')
    .description("follow NAME@HOST, an actor's URL, or a NAME of this server; exit code 1 when it refuses")
    .option('--json', 'print the answer of the server')
    .action(async (actor: string, options: FollowOptions) => {
      process.exitCode = await follow(terminal, actor, options);
    });
  program
    .command('unfollow <actor>')
    .description('follow somebody no more')
    .option('--json', 'print the answer of the server')
    .action((actor: string, options: FollowOptions) => unfollow(terminal, actor, options));
  program
    .command('following')
    .description('list those whom you follow')
    .option('--json', 'print their addresses')
    .action((options: ListActorsOptions) => listActors(terminal, 'following', options));
  program
    .command('followers')
    .description('list those who follow you')
    .option('--json', 'print their addresses')
    .action((options: ListActorsOptions) => listActors(terminal, 'followers', options));
}
