const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
/** What turns the direction of the text around it (UAX #9), so that a name reads as another one; and separators and marks that hide. */
const invisible = /[\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A text with its control and direction characters made visible. Letters of every script stay as they are. */
export function harmless(text: string): string {
  return text.replace(controls, '\ufffd').replace(invisible, (character) => `⟨U+${codeOf(character)}⟩`);
}

function codeOf(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
}
