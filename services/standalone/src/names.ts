/** In the order in which they start; the gateway opens the door when the others stand. */
export const serviceNames = [
  'auth',
  'identity',
  'asset-registry',
  'federation',
  'l1-bridge',
  'web',
  'gateway',
] as const;

export type ServiceName = (typeof serviceNames)[number];

/** The variable that tells the others where a service is, such as `ASSET_REGISTRY_URL`. */
export function urlVariable(name: ServiceName): string {
  return `${name.toUpperCase().replace('-', '_')}_URL`;
}
