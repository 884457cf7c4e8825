import { CliError } from './cli-error.ts';

/**
 * The address of a path at a server, which is sent and signed exactly as it was given.
 *
 * @throws CliError when URLs write it in another way (`..`, blanks, characters that are not escaped): sending something else than what was
 *   asked for is not an answer
 */
export function exactUrl(server: string, path: string): URL {
  if (!path.startsWith('/')) throw new CliError(`"${path}" is no path: it begins with a slash, such as /auth/me`);
  const url = new URL(server + path);
  const written = url.pathname + url.search;
  if (written === path && url.hash === '') return url;
  throw new CliError(`"${path}" cannot be sent as it is; a URL has it as ${written}. Give that, if you mean it.`);
}
