import { callAsUser } from '../../call-as-user.ts';
import { CliError } from '../../cli-error.ts';
import { parseDuration } from '../../duration.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface NewTokenOptions {
  kind: 'token' | 'api-key';
  scope?: string[];
  expires?: string;
  org?: string;
  json?: boolean;
}

interface Made {
  id: string;
  expires_at: string | null;
}

const daySeconds = 86_400;

/** Makes a scoped token or an API key. The secret, and nothing else, goes to standard output, this once. */
export async function newToken(terminal: Terminal, label: string, options: NewTokenOptions): Promise<void> {
  const made =
    options.kind === 'api-key' ? await makeApiKey(terminal, label, options) : await makeToken(terminal, label, options);
  const { secret, answer } = made;
  if (options.json) return printJson(terminal, answer);
  const until = answer.expires_at === null ? 'for good' : `until ${answer.expires_at}`;
  terminal.stderr.write(`Made ${answer.id}, ${until}. It is shown this once:\n`);
  print(terminal, secret);
}

async function makeToken(terminal: Terminal, label: string, { scope, expires, org }: NewTokenOptions) {
  if (scope === undefined) {
    throw new CliError('say what the token may do: --scope read:* or --scope assets:create, for example.');
  }
  const body = {
    label,
    scopes: scope,
    ...(expires === undefined ? {} : { expires_in: parseDuration(expires) }),
    ...(org === undefined ? {} : { org }),
  };
  const answer = await callAsUser<Made & { token: string }>(terminal, { method: 'POST', path: '/v1/tokens', body });
  return { secret: answer.token, answer };
}

async function makeApiKey(terminal: Terminal, description: string, { scope, expires, org }: NewTokenOptions) {
  if (org !== undefined) throw new CliError('an API key acts in your active organisation; --org is for tokens.');
  const body = {
    description,
    ...(scope === undefined ? {} : { scopes: scope }),
    ...(expires === undefined ? {} : { expires_days: daysOf(expires) }),
  };
  const answer = await callAsUser<Made & { key: string }>(terminal, { method: 'POST', path: '/auth/api-keys', body });
  return { secret: answer.key, answer };
}

function daysOf(text: string): number {
  const days = parseDuration(text) / daySeconds;
  if (Number.isInteger(days)) return days;
  throw new CliError('an API key lives for whole days: --expires 90d, for example.');
}
