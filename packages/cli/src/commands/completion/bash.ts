import { flatten, type TreeCommand, type Value } from './command-tree.ts';
import { quote, wordPatterns } from './shell-words.ts';

/** A script for bash 3.2 and later. What nothing is known about is completed as a file. */
export function bashScript(tree: TreeCommand): string {
  const all = flatten(tree);
  return `# bash completion for artdag: source <(artdag completion bash)
_artdag() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local at='' word words='' options='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${at:+$at }\${COMP_WORDS[i]}"
    case "$word" in
      ${wordPatterns(all)}) at=$word ;;
    esac
  done
  COMPREPLY=()
  case "$at $prev" in
${all.flatMap(valueCases).join('\n')}
  esac
  case "$at" in
${all.map(commandCase).join('\n')}
  esac
  [[ $cur == -* ]] && words=$options
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _artdag artdag
`;
}

function valueCases({ path, options }: TreeCommand): string[] {
  return options
    .filter(({ value }) => value.kind !== 'none')
    .map(({ flags, value }) => {
      const patterns = flags.map((flag) => quote(`${path} ${flag}`)).join(' | ');
      const reply = value.kind === 'choice' ? `COMPREPLY=($(compgen -W ${quote(wordsOf(value))} -- "$cur")); ` : '';
      return `    ${patterns}) ${reply}return ;;`;
    });
}

function commandCase({ path, options, commands, argument }: TreeCommand): string {
  const words = commands.length > 0 ? commands.map(({ name }) => name).join(' ') : wordsOf(argument);
  const flags = options.flatMap(({ flags: each }) => each).join(' ');
  return `    ${quote(path)}) words=${quote(words)} options=${quote(flags)} ;;`;
}

function wordsOf(value: Value): string {
  return value.kind === 'choice' ? value.choices.join(' ') : '';
}
