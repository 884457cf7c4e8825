import { createHash } from 'node:crypto';
import { stylesheet } from './stylesheet.ts';

const none = ["'none'"];
const styleHash = `'sha256-${createHash('sha256').update(stylesheet).digest('base64')}'`;

/**
 * Changes to helmet's headers: pages load nothing and run nothing, except our style sheet, which is known by its hash
 * (CSP Level 3 §8.3), and their forms go to us only. On plain http (one's own machine) browsers must not be sent to
 * https.
 */
export function securityPolicy(publicScheme: 'https' | 'http') {
  const secure = publicScheme === 'https';
  const directives = {
    'default-src': none,
    'style-src': [styleHash],
    'base-uri': none,
    'form-action': ["'self'"],
    'frame-ancestors': none,
    ...(secure ? { 'upgrade-insecure-requests': [] } : {}),
  };
  return {
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: secure,
    // Under helmet's `no-referrer` browsers send `Origin: null` with our own forms (Fetch §3.2), which must be refused.
    referrerPolicy: { policy: 'same-origin' as const },
  };
}
