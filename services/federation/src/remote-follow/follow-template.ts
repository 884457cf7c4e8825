import type { ResourceLink } from '../following/ask-webfinger.ts';

/** Whom somebody wants to follow, as templates name them. */
export interface Followed {
  /** The actor's URL. */
  object: string;
  /** `acct:user@host` */
  uri: string;
}

export interface TemplateRules {
  publicScheme: 'https' | 'http';
  isOurs: (url: string) => boolean;
}

/** What servers call the page that asks whether to follow somebody, the best first, and what stands for whom in its template. */
const intents = [
  { rel: 'https://w3id.org/fep/3b86/Follow', name: 'object' },
  { rel: 'http://ostatus.org/schema/1.0/subscribe', name: 'uri' },
] as const;

const maxLength = 2048;
/** A web address whose host is fixed: what is filled in stands after it. */
const fixedHost = /^https?:\/\/[^\s/?#\\{}@]+\/[^\s\\]*$/i;
/** A name that DNS can have, so no address of somebody's own network. */
const dnsName = /\.[a-z][a-z\d-]*$/i;

/**
 * Where an account's server asks whether to follow somebody (FEP-3b86, or the older OStatus template), by the links of its descriptor. Undefined
 * where no template is one that a link of ours could lead to: an https address (http too where we are reached by it) of some host that is not ours,
 * with a place for whom to follow behind the host. It may be another host than the account's, which is where the accounts of a domain live often enough.
 */
export function followAddressOf(
  links: readonly ResourceLink[],
  followed: Followed,
  rules: TemplateRules,
): string | undefined {
  for (const { rel, name } of intents) {
    const template = links.find((link) => link['rel'] === rel)?.['template'];
    const address = typeof template === 'string' ? fill(template, name, followed[name]) : undefined;
    if (address !== undefined && isFit(address, rules)) return address;
  }
  return undefined;
}

/** What we have nothing for, such as `{on-success}`, stays empty. */
function fill(template: string, name: string, value: string): string | undefined {
  if (template.length > maxLength || !fixedHost.test(template) || !template.includes(`{${name}}`)) return undefined;
  const filled = template.replaceAll(/\{([^{}]*)\}/g, (_, at) => (at === name ? encodeURIComponent(value) : ''));
  return URL.parse(filled)?.href;
}

function isFit(address: string, { publicScheme, isOurs }: TemplateRules): boolean {
  const { protocol, username, password, hostname } = new URL(address);
  if (username !== '' || password !== '' || isOurs(address)) return false;
  return publicScheme === 'http' || (protocol === 'https:' && dnsName.test(hostname));
}
