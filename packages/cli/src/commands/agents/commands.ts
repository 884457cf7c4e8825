import type { Command } from 'commander';
import type { Terminal } from '../../terminal.ts';
import { listAgents, type ListAgentsOptions } from './list-agents.ts';
import { newAgent, type NewAgentOptions } from './new-agent.ts';
import { revokeAgent, type RevokeAgentOptions } from './revoke-agent.ts';
import { repeatable } from '../../repeatable.ts';

/** `artdag agents …` */
export function addAgentsCommands(program: Command, terminal: Terminal): void {
  const agents = program.command('agents').description('make, list and end agents that act for you');
  agents
    .command('new <handle>')
    .description('make an agent that signs with a key of its own')
    .requiredOption('--key <file>', "the agent's key, from artdag keys new")
    .requiredOption('--can <scope>', 'what it may do, such as read:* or assets:create; may be repeated', repeatable)
    .option('--ttl <span>', 'how long it lives, such as 90s, 30m, 2h or 7d', '2h')
    .option('--model <name>', 'the model that it runs on')
    .option('--display-name <text>', 'what it is called')
    .option('--json', 'print the answer of the server')
    .action((handle: string, options: NewAgentOptions) => newAgent(terminal, handle, options));
  agents
    .command('list')
    .description('list your agents, the newest first')
    .option('--page <n>', 'go on after an earlier page', '1')
    .option('--json', 'print the answer of the server')
    .action((options: ListAgentsOptions) => listAgents(terminal, options));
  agents
    .command('revoke <handle>')
    .description('end an agent of yours, with all of its keys')
    .option('--json', 'print what was revoked')
    .action((handle: string, options: RevokeAgentOptions) => revokeAgent(terminal, handle, options));
}
