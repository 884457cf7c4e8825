import { userAgent } from '../../api.ts';
import { CliError } from '../../cli-error.ts';
import { contentTypeOf } from './request-body.ts';

/** What the credential, or the way of sending, decides. */
const ours = new Set([
  ...['authorization', 'x-api-key', 'host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive'],
  ...['upgrade', 'expect', 'te', 'trailer'],
]);

/** Headers from `K: V` lines, over the defaults. @throws CliError when one is no header, or not the user's to set */
export function headersOf(lines: string[], body: Buffer | undefined): Record<string, string> {
  const headers = new Headers();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:\s]+):(.*)$/s.exec(line) ?? [];
    if (ours.has(name.toLowerCase())) throw new CliError(`${name} is not for --header: artdag sets it.`);
    try {
      headers.append(name, value);
    } catch {
      throw new CliError(`"${line}" is no header. Give one as 'Name: value'.`);
    }
  }
  const type = body === undefined ? {} : { 'content-type': contentTypeOf(body) };
  return { accept: '*/*', 'user-agent': userAgent, ...type, ...Object.fromEntries(headers) };
}
