import { callAsUser } from '../../call-as-user.ts';
import { formatTable } from '../../format.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface ListAgentsOptions {
  page: string;
  json?: boolean;
}

interface AgentList {
  identities: {
    handle: string;
    agent_model: string | null;
    agent_capabilities: string[];
    expires_at: string;
    ended_at: string | null;
  }[];
  total: number;
}

const perPage = 50;

/** Lists the caller's agents, ended ones too, the newest first. */
export async function listAgents(terminal: Terminal, options: ListAgentsOptions): Promise<void> {
  const query = new URLSearchParams({ page: options.page, per_page: String(perPage) });
  const list = await callAsUser<AgentList>(terminal, { path: `/api/identities/agent?${query.toString()}` });
  if (options.json) return printJson(terminal, list);
  const rows = list.identities.map((agent) => [
    agent.handle,
    agent.agent_capabilities.join(' '),
    agent.agent_model ?? '',
    agent.ended_at ? `ended ${agent.ended_at}` : `until ${agent.expires_at}`,
  ]);
  print(terminal, formatTable([['AGENT', 'CAN', 'MODEL', 'STATE'], ...rows]));
  if (Number(options.page) * perPage < list.total) {
    print(terminal, `${list.total} in all. More: artdag agents list --page ${Number(options.page) + 1}`);
  }
}
