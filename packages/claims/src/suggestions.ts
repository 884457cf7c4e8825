const extensions: Record<string, string[]> = {
  image: ['.png', '.jpg', '.jpeg', '.gif', '.webp', '.avif', '.svg', '.tif', '.tiff', '.bmp'],
  video: ['.mp4', '.webm', '.mov', '.mkv', '.avi', '.m4v', '.ogv'],
  audio: ['.mp3', '.wav', '.flac', '.ogg', '.oga', '.opus', '.m4a', '.aac'],
  recipe: ['.yaml', '.yml', '.sexp'],
  document: ['.pdf', '.txt', '.md', '.html', '.htm', '.odt', '.docx', '.epub'],
};

/**
 * The asset type that a file's ending suggests, else the kind of its media type; `unknown` for others.
 *
 * @param path or the file's name alone
 * @param mediaType as browsers have it, `image/png`
 */
export function guessAssetType(path: string, mediaType = ''): string {
  const ending = /[^/\\](\.[^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const byEnding = Object.entries(extensions).find(([, endings]) => endings.includes(ending))?.[0];
  const kind = mediaType.split('/', 1)[0] ?? '';
  return byEnding ?? (['image', 'video', 'audio'].includes(kind) ? kind : 'unknown');
}

const maxName = 128;

/** A text as an asset name: 1 to 128 characters of `A-Za-z0-9._:-`, beginning with a letter or digit. Of a longer one the end is kept. */
export function assetNameOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._:-]+/g, '-')
    .slice(-maxName)
    .replace(/^[^A-Za-z0-9]+/, '');
  return plain || 'asset';
}
