import { AppError, validationError } from '@artdag/service-kit';
import { isRefusedAddress } from '@artdag/safe-fetch';
import { z } from 'zod';
import type { Caller } from './access.ts';
import { isMasked, maskSecret } from './mask-secrets.ts';
import type { LocalFolders } from './providers/local-folders.ts';
import { urlOfMultiaddr } from './providers/multiaddr.ts';
import type { ProviderConfig, ProviderType } from './providers/provider-type.ts';

/** A config as it is given; null counts as left out, or takes a member away. */
export type GivenConfig = Readonly<Record<string, unknown>>;

/** @throws AppError 422 that names what is missing, wrong or unknown */
export function readConfig(type: ProviderType, given: GivenConfig): ProviderConfig {
  const members = Object.entries(given).filter(([, value]) => value !== null);
  const read = z.object({ config: type.config }).safeParse({ config: Object.fromEntries(members) });
  if (!read.success) throw validationError('body', read.error);
  return read.data.config;
}

/**
 * A config with some members given anew. Secrets that are left out, or come as we show them, stay. But for somebody signed in, secrets do
 * not follow to another address: whoever has only a token of the owner's could have them sent to a server of their own, and so read them.
 *
 * @param former undefined when it cannot be opened any more
 * @throws AppError 422
 */
export function mergeConfig(
  type: ProviderType,
  former: ProviderConfig | undefined,
  given: GivenConfig,
  { isPerson }: Pick<Caller, 'isPerson'>,
): ProviderConfig {
  const isKept = (name: string, value: unknown): boolean =>
    type.secrets.includes(name) && isMaskOf(former?.[name], value);
  const members = Object.entries(given).filter(([name, value]) => !isKept(name, value));
  const merged = readConfig(type, { ...former, ...Object.fromEntries(members) });
  const moved = type.destinations.some((name) => originOf(former?.[name]) !== originOf(merged[name]));
  const kept = type.secrets.filter((name) => merged[name] !== undefined && !members.some(([given]) => given === name));
  if (isPerson || former === undefined || !moved || kept.length === 0) return merged;
  throw invalid(kept, 'Give the secret again when the address changes: a key or token does not send it elsewhere.');
}

/** @throws AppError 403 `forbidden`, 422 */
export function refuseForeignPlaces(
  type: ProviderType,
  config: ProviderConfig,
  { isSysadmin, folders }: { isSysadmin: boolean; folders: LocalFolders },
): void {
  if (type.sysadmin === 'all' && !isSysadmin) {
    throw new AppError('forbidden', 403, `Providers of the type ${type.name} are for system administrators.`);
  }
  const { path } = config;
  if (type.pinType === 'file' && path !== undefined && !folders.contains(path)) {
    throw invalid(['path'], 'The folder is not below STORAGE_LOCAL_ROOT of this server.');
  }
  if (type.sysadmin !== 'private-addresses' || isSysadmin) return;
  const refused = type.destinations.filter((name) => isPrivate(config[name]));
  if (refused.length > 0) throw invalid(refused, 'Private addresses are for system administrators.');
}

function isMaskOf(secret: string | undefined, value: unknown): boolean {
  return secret !== undefined && typeof value === 'string' && isMasked(value) && value === maskSecret(secret);
}

function originOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : (URL.parse(urlOfMultiaddr(address) ?? address)?.origin ?? address);
}

/** What can be told before anybody is asked; where names lead to is seen when they are called. */
function isPrivate(address = ''): boolean {
  const host = URL.parse(urlOfMultiaddr(address) ?? address)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  const isAddress = host.includes(':') || /^[\d.]+$/.test(host);
  return /^(?:.*\.)?localhost\.?$/.test(host) || (isAddress && isRefusedAddress(host, []));
}

function invalid(names: readonly string[], message: string): AppError {
  const issues = names.map((name) => ({ code: 'custom' as const, path: ['config', name], message, input: undefined }));
  return validationError('body', new z.ZodError(issues));
}
