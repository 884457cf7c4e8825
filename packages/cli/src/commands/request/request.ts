import { Readable } from 'node:stream';
import { callerOf, type Caller } from '../../caller.ts';
import { ApiError, CliError } from '../../cli-error.ts';
import type { Credential } from '../../credential.ts';
import { exactUrl } from '../../exact-url.ts';
import { problemOf, type Problem } from '../../problem.ts';
import { wordsFor } from '../../refusal-words.ts';
import { sendPatiently } from '../../send.ts';
import { serverOrigin } from '../../server-origin.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';
import { answerAsJson } from './answer-as-json.ts';
import { headOf, writeBody } from './print-response.ts';
import { readBody } from './request-body.ts';
import { headersOf } from './request-headers.ts';
import { showSignature, signatureOf } from './show-signature.ts';

export interface RequestOptions {
  data?: string;
  header?: string[];
  output?: string;
  include?: boolean;
  json?: boolean;
  showSignature?: boolean;
  key?: string;
  handle?: string;
  server?: string;
  dryRun?: boolean;
  timestamp?: string;
  v1?: boolean;
}

interface Prepared {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

/** Room for the largest answers; the API's own calls have less. */
const timeoutMs = 300_000;
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Makes any call of the API as whoever uses this command, signed where that is a key, and prints the answer.
 *
 * @throws ApiError after printing a refusal: exit code 2 for 401, 1 for other statuses from 400
 */
export async function request(
  terminal: Terminal,
  method: string,
  path: string,
  options: RequestOptions,
): Promise<void> {
  const caller = await callerFor(terminal, options);
  const prepared = await prepare(terminal, caller, { method, path, options });
  if (options.dryRun || options.timestamp !== undefined) return dryRun(terminal, caller, prepared, options);
  const { credential } = caller;
  const onTry = (now: Date): void => {
    if (!options.showSignature || credential.kind !== 'msign') return;
    terminal.stderr.write(`${showSignature(credential, prepared, now)}\n`);
  };
  const isRepeatable = safeMethods.has(prepared.method) || 'idempotency-key' in prepared.headers;
  const response = await sendPatiently({ ...prepared, credential, isRepeatable, timeoutMs, onTry });
  if (options.include && !options.json) terminal.stdout.write(headOf(response));
  if (response.status < 400) return printAnswer(terminal, response, options);
  await refuse(terminal, caller, response, options);
}

/** The options are the environment of this one call. @throws CliError when they do not go together */
async function callerFor(terminal: Terminal, { key, handle, server, v1 }: RequestOptions): Promise<Caller> {
  const env: NodeJS.ProcessEnv = {
    ...terminal.env,
    ...(key === undefined ? {} : { ARTDAG_KEY: key }),
    ...(handle === undefined ? {} : { ARTDAG_HANDLE: handle }),
    ...(server === undefined ? {} : { ARTDAG_SERVER: server }),
  };
  // A key that is named here goes before what the environment holds.
  if (key !== undefined) delete env['ARTDAG_API_KEY'];
  if (handle !== undefined && !env['ARTDAG_KEY']) throw new CliError('--handle goes with --key FILE.');
  const caller = await callerOf({ ...terminal, env });
  if (v1 === true) caller.credential = withLegacyText(caller.credential);
  if (server === undefined || serverOrigin(server) === caller.server) return caller;
  throw new CliError(
    `you are logged in to ${caller.server}, and that is good there only. Give --key, or log in to ${server}.`,
  );
}

/** @throws CliError when nothing is signed */
function withLegacyText(credential: Credential): Credential {
  if (credential.kind === 'msign') return { ...credential, legacy: true };
  throw new CliError('--v1 says how to sign, so it needs a key: --key FILE.');
}

async function prepare(
  terminal: Terminal,
  { server }: Caller,
  { method: given, path, options }: { method: string; path: string; options: RequestOptions },
): Promise<Prepared> {
  const method = given.toUpperCase();
  if (!/^[A-Z]{1,20}$/.test(method) || ['CONNECT', 'TRACE', 'TRACK'].includes(method)) {
    throw new CliError(`"${given}" is no method to call with. Give one such as GET or POST.`);
  }
  const url = exactUrl(server, path);
  if (options.data !== undefined && ['GET', 'HEAD'].includes(method)) throw new CliError(`${method} takes no --data.`);
  const body = await readBody(terminal, options.data);
  return { method, url, headers: headersOf(options.header ?? [], body), body };
}

function dryRun(terminal: Terminal, { credential }: Caller, prepared: Prepared, options: RequestOptions): void {
  if (!options.dryRun) throw new CliError('--timestamp goes with --dry-run: the server takes no other time than now.');
  if (credential.kind !== 'msign') throw new CliError('--dry-run shows a signature, so it needs a key: --key FILE.');
  const { timestamp } = options;
  if (timestamp !== undefined && !/^(?:0|[1-9]\d{0,11})$/.test(timestamp)) {
    throw new CliError(`"${timestamp}" is no time in unix seconds.`);
  }
  const now = timestamp === undefined ? new Date() : new Date(Number(timestamp) * 1000);
  if (options.json) printJson(terminal, signatureOf(credential, prepared, now));
  else print(terminal, showSignature(credential, prepared, now));
}

async function printAnswer(terminal: Terminal, response: Response, { json, output }: RequestOptions): Promise<void> {
  if (!json || output !== undefined) await writeBody(terminal, response.body ?? Readable.from([]), output);
  if (!json) return;
  const body = output === undefined ? Buffer.from(await response.arrayBuffer()) : undefined;
  printJson(terminal, { ...answerAsJson(response, body), ...(output === undefined ? {} : { file: output }) });
}

async function refuse(
  terminal: Terminal,
  { server, credential }: Caller,
  response: Response,
  { json }: RequestOptions,
): Promise<never> {
  const { status } = response;
  const body = Buffer.from(await response.arrayBuffer());
  if (json) printJson(terminal, answerAsJson(response, body));
  else await writeBody(terminal, Readable.from([body]));
  const problem = parseProblem(body);
  const words =
    status === 401
      ? wordsFor({ server, status, credential, problem }, new Date())
      : `the server answered ${status}${problem.code ? ` (${problem.code})` : ''}.`;
  throw new ApiError(status, problem.code, words, status === 401 ? 2 : 1);
}

function parseProblem(body: Buffer): Problem {
  try {
    return problemOf(JSON.parse(body.toString('utf8')));
  } catch {
    return {};
  }
}
