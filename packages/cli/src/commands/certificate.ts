import { randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { readCertificate, writeCertificate, type Certificate } from '@artdag/certificates';
import { callApi } from '../api.ts';
import { CliError } from '../cli-error.ts';
import { publicServer } from '../public-server.ts';
import { print, printJson, type Terminal } from '../terminal.ts';

export interface CertificateOptions {
  server?: string;
  output?: string;
  json?: boolean;
}

/** Fetches the ownership certificate of an asset's registration, of its name or of a claim's URL or UUID. */
export async function certificate(terminal: Terminal, what: string, options: CertificateOptions): Promise<void> {
  const server = publicServer(terminal, options.server);
  const fetched = await fetchCertificate(server, pathOf(what));
  const text = writeCertificate(fetched);
  if (options.output === '-') return void terminal.stdout.write(text);
  const file = options.output ?? `${what.replace(/^.*\//, '').replaceAll(':', '-')}.artdag-certificate.json`;
  writeWhole(file, text);
  if (options.json) return printJson(terminal, { file, anchored: fetched.anchor !== null });
  print(terminal, `${file}  ${fetched.anchor === null ? 'in the log, not anchored yet' : 'in the log, and anchored'}`);
}

function pathOf(what: string): string {
  const uuid = /(?:^|\/activities\/)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(what)?.[1];
  return uuid === undefined ? `/assets/${encodeURIComponent(what)}/certificate` : `/activities/${uuid}/certificate`;
}

/** @throws CliError, or ApiError with the server's reason */
export async function fetchCertificate(server: string, path: string): Promise<Certificate> {
  return readCertificate(JSON.stringify(await callApi<unknown>(server, { path })));
}

function writeWhole(file: string, text: string): void {
  const draft = `${file}.${randomUUID().slice(0, 8)}`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (error) {
    throw new CliError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
