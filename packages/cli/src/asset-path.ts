/** Where an asset is. */
export function assetPath(name: string): string {
  return `/assets/${encodeURIComponent(name)}`;
}
