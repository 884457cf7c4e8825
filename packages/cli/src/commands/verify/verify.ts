import { readFileSync } from 'node:fs';
import {
  CertificateError,
  readCertificate,
  verifyCertificate,
  type Answer,
  type Certificate,
  type Line,
} from '@artdag/certificates';
import { bitcoinNetworks, presentWork } from '@artdag/opentimestamps';
import { LogDataError, parseVkey, type VerifierKey } from '@artdag/transparency-log';
import { CliError } from '../../cli-error.ts';
import { formatTable } from '../../format.ts';
import { hashFile } from '../../hash-file.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';
import { readOwnChain } from './own-chain.ts';

export interface VerifyOptions {
  logKey?: string[];
  headers?: string;
  headersFrom: string;
  network: 'mainnet' | 'regtest';
  json?: boolean;
}

const titles: Record<Line, string> = {
  content: 'content',
  signature: 'signature',
  leaf: 'log entry',
  inclusion: 'inclusion',
  key: 'key',
  log_signature: 'log signature',
  anchored: 'anchored',
  chain: 'own chain',
};

/** Something is false. */
const exitFalse = 1;
/** It is no file, or no certificate. */
const exitUnreadable = 2;
/** Nothing is false, and something is not proved. */
const exitOpen = 3;

/**
 * Checks a certificate and its file, with no network. Sets the exit code: 0 when all that was asked holds, 1 when something is false, 3
 * when nothing is and something is not proved.
 *
 * @throws CliError with exit code 2 when there is nothing to check
 */
export async function verify(terminal: Terminal, files: readonly string[], options: VerifyOptions): Promise<number> {
  const [file = '', certificateFile = ''] = files;
  const certificate = readFrom(certificateFile);
  const trustedKeys = (options.logKey ?? []).map(readLogKey);
  const ownChain = options.headers === undefined ? undefined : readOwnChain(options.headers, heightOf(options));
  const fileHash = file === '-' ? undefined : (await hashFile(file).catch(unreadable)).hash;
  // The consensus allows what anybody could make; what is asked of headers is what nobody makes for a forgery.
  const floor = options.network === 'regtest' ? bitcoinNetworks.regtest : presentWork;
  const answers = verifyCertificate({ certificate, fileHash, trustedKeys, ownChain, floor });
  const exitCode = exitCodeOf(answers, ownChain !== undefined);
  if (options.json === true) printJson(terminal, { answers, exit_code: exitCode });
  else printAnswers(terminal, answers);
  return exitCode;
}

function printAnswers(terminal: Terminal, answers: readonly Answer[]): void {
  print(terminal, formatTable(answers.map(({ line, verdict, text }) => [titles[line], verdict, visible(text)])));
  print(terminal, 'It says who registered the work, and since when; never who owns it now.');
}

/** Whether a block is in one's own chain is asked by giving one. */
function exitCodeOf(answers: readonly Answer[], withChain: boolean): number {
  if (answers.some(({ verdict }) => verdict === 'no')) return exitFalse;
  const asked = answers.filter(({ line }) => withChain || line !== 'chain');
  return asked.every(({ verdict }) => verdict === 'yes') ? 0 : exitOpen;
}

function readFrom(path: string): Certificate {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new CliError(`there is no certificate at ${path}.`, exitUnreadable);
  }
  try {
    return readCertificate(text);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new CliError(`${path} cannot be read as a certificate. ${error.message}`, exitUnreadable);
  }
}

/** @throws CliError */
export function readLogKey(vkey: string): VerifierKey {
  try {
    return parseVkey(vkey);
  } catch (error) {
    if (!(error instanceof LogDataError)) throw error;
    throw new CliError(
      `"${vkey}" is no log key (${error.message}). A server lists its own at /log/vkeys.`,
      exitUnreadable,
    );
  }
}

function heightOf({ headersFrom }: VerifyOptions): number {
  if (/^\d{1,9}$/.test(headersFrom)) return Number(headersFrom);
  throw new CliError('--headers-from wants the height of the first header.', exitUnreadable);
}

function unreadable(error: unknown): never {
  throw error instanceof CliError ? new CliError(error.message, exitUnreadable) : error;
}
