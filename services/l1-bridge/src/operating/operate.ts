import { AppError } from '@artdag/service-kit';
import type { L1ServerRepository, L1ServerRow, L1Status } from '../l1-servers/l1-server.ts';
import { normaliseL1Url } from '../l1-servers/l1-url.ts';
import { evict, type EvictDeps } from './evict.ts';
import { verifyKey } from './verify-key.ts';

export interface OperateDeps extends EvictDeps {
  l1Servers: L1ServerRepository;
  /** Those of `L1_SERVERS`. */
  configured: readonly string[];
  allowHttp: boolean;
  /** Drops the attachments to an L1 that was removed, and what it was still to be told. Answers whether there was any. */
  forget: (url: string) => Promise<boolean>;
  /** Tells the other replicas. */
  announce: () => Promise<void>;
}

/** All rows, those too that are not listed (any more). */
export async function viewL1s({ l1Servers, configured }: OperateDeps) {
  const rows = await l1Servers.list();
  return { l1_servers: rows.map((row) => shown(row, configured)) };
}

/** @throws AppError 422 `invalid_l1_server` */
export async function addL1(deps: OperateDeps, text: string, name: string | null) {
  const url = urlOf(deps, text);
  const isNew = !deps.configured.includes(url) && (await deps.l1Servers.add(url, name ?? new URL(url).host));
  await deps.announce();
  return { url, is_new: isNew };
}

/**
 * Has nothing more to do with an L1: its row goes, and with it its key, what it was still to be told and all attachments; then the tokens that
 * people have there end, some at a time, as in `evictFromL1`, which goes on with them. Repeating it finishes what was interrupted.
 *
 * @throws AppError 404 `l1_not_found` when there is nothing of it here; 409 `l1_configured` for one of the configuration; 503 when auth does not answer
 */
export async function removeL1(deps: OperateDeps, text: string) {
  const url = urlOf(deps, text);
  if (deps.configured.includes(url)) {
    const message = 'It is in L1_SERVERS: take it out there, or set its status to disabled.';
    throw new AppError('l1_configured', 409, message);
  }
  const wasKnown = await deps.l1Servers.remove(url);
  await deps.announce();
  const hadAttachments = await deps.forget(url);
  const evicted = await evict(deps, url, 'l1_removed');
  if (!wasKnown && !hadAttachments && evicted.actors === 0) throw notFound();
  return { url, ...evicted };
}

/** @throws AppError 404 `l1_not_found` */
export async function setL1Status(deps: OperateDeps, text: string, status: L1Status) {
  const url = urlOf(deps, text);
  if (!(await deps.l1Servers.setStatus(url, status))) throw notFound();
  await deps.announce();
  return { url, status };
}

/** Ends what people have there, some at a time. It may be listed no more. @throws AppError 422 `invalid_l1_server`, 503 when auth does not answer */
export async function evictFromL1(deps: OperateDeps, text: string) {
  const url = urlOf(deps, text);
  return { url, ...(await evict(deps, url, 'evicted')) };
}

/** @param pem null takes the key away. @throws AppError 404 `l1_not_found`, 422 `invalid_public_key` */
export async function setL1Key(deps: OperateDeps, text: string, pem: string | null) {
  const url = urlOf(deps, text);
  const key = pem === null ? null : verifyKey(pem);
  if (!(await deps.l1Servers.setKey(url, key?.pem ?? null))) throw notFound();
  await deps.announce();
  return { url, key: key?.kind ?? null };
}

function urlOf({ allowHttp }: OperateDeps, text: string): string {
  const url = normaliseL1Url(text, { allowHttp });
  if (url !== undefined) return url;
  const message = 'An L1 has an https address without credentials and query (http only with ALLOW_HTTP_L1=true).';
  throw new AppError('invalid_l1_server', 422, message);
}

function notFound(): AppError {
  return new AppError('l1_not_found', 404, 'There is no such L1 here; artdag-admin l1 list shows those there are.');
}

function shown({ url, name, status, publicKeyPem, lastSeenAt, added }: L1ServerRow, configured: readonly string[]) {
  const listed = configured.includes(url) ? 'configured' : added ? 'added' : 'no';
  return { url, name, status, listed, has_key: publicKeyPem !== null, last_seen_at: lastSeenAt };
}
