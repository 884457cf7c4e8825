/** What one page needs beyond what all have. */
export interface PagePolicy {
  /** The origin of a work that its reader has asked to see. */
  mediaFrom?: string;
  /** Where its forms may lead besides to us: browsers hold `form-action` against the redirect that answers a form, too (CSP Level 3 §4.2.4), and would go nowhere, without a word. */
  formTargets?: readonly string[];
  /** Whether its script may ask this site, as the page to try the API does. */
  connects?: boolean;
  /** Whether its script may start a worker, from a file of ours. */
  worker?: boolean;
}

const none = ["'none'"];
const self = ["'self'"];

/** What a host source may look like (CSP Level 3 §2.3.1): a `;` in a host would begin another directive. */
const hostSource = /^https?:\/\/[a-z0-9.-]+(:\d+)?$/;

/**
 * Changes to helmet's headers. On plain http (one's own machine) browsers must not be sent to https.
 */
export function securityPolicy(publicScheme: 'https' | 'http') {
  return {
    contentSecurityPolicy: { useDefaults: false, directives: directivesOf(publicScheme, {}) },
    strictTransportSecurity: publicScheme === 'https',
    // Under helmet's `no-referrer` browsers send `Origin: null` with our own forms (Fetch §3.2), which must be refused.
    referrerPolicy: { policy: 'same-origin' as const },
  };
}

/** The policy of a page (CSP Level 3): what it loads and runs are our own files, and its forms go to us, with the exceptions given. */
export function contentSecurityPolicy(publicScheme: 'https' | 'http', page: PagePolicy = {}): string {
  return Object.entries(directivesOf(publicScheme, page))
    .map(([name, values]) => [name, ...values].join(' '))
    .join(';');
}

function directivesOf(
  publicScheme: 'https' | 'http',
  { mediaFrom, formTargets = [], connects = false, worker = false }: PagePolicy,
): Record<string, string[]> {
  const media = mediaFrom === undefined ? [] : hostSources([mediaFrom]);
  return {
    'default-src': none,
    'style-src': self,
    'script-src': self,
    // Without it, `script-src` would let any page start one (CSP Level 3 §6.1.16).
    'worker-src': worker ? self : none,
    // Pico draws its marks from data: URLs.
    'img-src': [...self, 'data:', ...media],
    ...(media.length === 0 ? {} : { 'media-src': media }),
    ...(connects ? { 'connect-src': self } : {}),
    'base-uri': none,
    'form-action': [...self, ...hostSources(formTargets)],
    'frame-ancestors': none,
    ...(publicScheme === 'https' ? { 'upgrade-insecure-requests': [] } : {}),
  };
}

function hostSources(origins: readonly string[]): string[] {
  return origins.filter((origin) => hostSource.test(origin));
}
