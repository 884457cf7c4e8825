import { flatten, type TreeCommand, type Value } from './command-tree.ts';
import { quote, wordPatterns } from './shell-words.ts';

/** A script for zsh, to be sourced or put into a folder of `fpath` as `_artdag`. */
export function zshScript(tree: TreeCommand): string {
  const all = flatten(tree);
  return `#compdef artdag
# zsh completion for artdag: source <(artdag completion zsh)
_artdag() {
  local at='' word i
  local -a commands options values
  for ((i = 2; i < CURRENT; i++)); do
    word="\${at:+$at }\${words[i]}"
    case "$word" in
      ${wordPatterns(all)}) at=$word ;;
    esac
  done
  case "$at \${words[CURRENT - 1]}" in
${all.flatMap(valueCases).join('\n')}
  esac
  case "$at" in
${all.map(commandCase).join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe -o option options
  elif (( $#commands )); then
    _describe command commands
  elif (( $#values )); then
    compadd -a values
  else
    _files
  fi
}
if [[ \${funcstack[1]} == _artdag ]]; then _artdag "$@"; else compdef _artdag artdag; fi
`;
}

function valueCases({ path, options }: TreeCommand): string[] {
  return options
    .filter(({ value }) => value.kind !== 'none')
    .map(({ flags, value }) => {
      const patterns = flags.map((flag) => quote(`${path} ${flag}`)).join(' | ');
      return `    ${patterns}) ${actionOf(value)}return ;;`;
    });
}

function actionOf(value: Value): string {
  if (value.kind === 'choice') return `compadd -- ${value.choices.map(quote).join(' ')}; `;
  return value.kind === 'file' ? '_files; ' : '';
}

function commandCase({ path, options, commands, argument }: TreeCommand): string {
  const names = commands.map(({ name, description }) => described(name, description));
  const flags = options.flatMap(({ flags: each, description }) => each.map((flag) => described(flag, description)));
  const values = argument.kind === 'choice' ? argument.choices.map(quote) : [];
  return `    ${quote(path)})
      commands=(${names.join(' ')})
      options=(${flags.join(' ')})
      values=(${values.join(' ')}) ;;`;
}

function described(word: string, description: string): string {
  return quote(`${word}:${description}`);
}
