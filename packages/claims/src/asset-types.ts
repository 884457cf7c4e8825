/** What an asset can be (art-dag-l2.md §7.1), in the order in which people are offered it. */
export const assetTypes = [
  'image',
  'video',
  'audio',
  'effect',
  'recipe',
  'infrastructure',
  'document',
  'unknown',
] as const;
