import { callAsUser } from '../../call-as-user.ts';
import { formatTable } from '../../format.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';

export interface RenderersOptions {
  json?: boolean;
}

interface Renderer {
  l1_server: string;
  name: string | null;
  status: string;
  attached: boolean;
}

/** Lists the rendering servers, and at which the caller is attached. */
export async function listRenderers(terminal: Terminal, options: RenderersOptions): Promise<void> {
  const { renderers } = await callAsUser<{ renderers: Renderer[] }>(terminal, { path: '/renderers' });
  if (options.json) return printJson(terminal, { renderers });
  if (renderers.length === 0) return print(terminal, 'The server has no rendering server.');
  const rows = renderers.map((one) => [
    visible(one.l1_server),
    visible(one.name ?? ''),
    one.status,
    one.attached ? 'attached' : '',
  ]);
  print(terminal, formatTable([['RENDERER', 'NAME', 'STATE', 'YOU'], ...rows]));
}

/** Ends what the caller has at a rendering server. */
export async function detachRenderer(terminal: Terminal, url: string, options: RenderersOptions): Promise<void> {
  const body = { l1_server: url };
  const path = '/renderers/detach';
  const answer = await callAsUser<{ l1_server: string; was_attached: boolean }>(terminal, {
    ...{ method: 'POST', path, body, isRepeatable: true },
  });
  if (options.json) return printJson(terminal, answer);
  const words = answer.was_attached ? 'Detached from' : 'You were not attached to';
  print(terminal, `${words} ${visible(answer.l1_server)}.`);
}
