import { CliError } from './cli-error.ts';

/** Scheme, host and port of a server, without a path or a trailing slash. @throws CliError when it is no address of one */
export function serverOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin;
  throw new CliError(`"${text}" is no server address. Give one such as https://l2.example.org`);
}
