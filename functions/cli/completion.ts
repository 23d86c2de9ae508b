/** `ljgate completion`: what a shell needs to complete commands and flags, made from the commands. */
import { Argument, type Command } from 'commander';
import { printLine } from './print.ts';

/** Adds the command. */
export function completionCommand(program: Command): void {
  program
    .command('completion')
    .description('Print a completion script for a shell.')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh']))
    .addHelpText(
      'after',
      `
Examples:
  npx ljgate completion bash > ~/.local/share/bash-completion/completions/ljgate
  npx ljgate completion zsh > ~/.ljgate-completion.zsh; echo 'source ~/.ljgate-completion.zsh' >> ~/.zshrc
`,
    )
    .action((shell: 'bash' | 'zsh') => printLine(script(program, shell)));
}

/** zsh runs bash's script through its own bashcompinit. */
function script(program: Command, shell: 'bash' | 'zsh'): string {
  const cases = tree(program, '').map(([path, words]) => `    "${path}") words="${words.join(' ')}" ;;`);
  const zsh = 'autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n';
  return `${shell === 'zsh' ? zsh : ''}_ljgate() {
  local word="\${COMP_WORDS[COMP_CWORD]}" path="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
      ${paths(program)
        .map((path) => `" ${path}"`)
        .join(' | ')}) path="$path \${COMP_WORDS[i]}" ;;
    esac
  done
  case "\${path# }" in
${cases.join('\n')}
  esac
  case "\${path# } \${COMP_WORDS[COMP_CWORD - 1]}" in
${values(program, '')
  .map(([place, words]) => `    "${place}") words="${words.join(' ')}" ;;`)
  .join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _ljgate ljgate`;
}

/** Each command by its path, with the words that may follow it. */
function tree(command: Command, path: string): [string, string[]][] {
  const flags = command.options.flatMap(({ long }) => (long ? [long] : []));
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const below = command.commands.map((sub) => sub.name());
  const own: [string, string[]] = [path, [...below, ...choices, ...flags, '--help']];
  return [own, ...command.commands.flatMap((sub) => tree(sub, `${path} ${sub.name()}`.trim()))];
}

/** The values that an option takes, by its command's path and its flag. */
function values(command: Command, path: string): [string, string[]][] {
  const own = command.options.flatMap(({ long, argChoices }): [string, string[]][] =>
    long && argChoices ? [[`${path} ${long}`, argChoices]] : [],
  );
  return [...own, ...command.commands.flatMap((sub) => values(sub, `${path} ${sub.name()}`.trim()))];
}

function paths(program: Command): string[] {
  return tree(program, '').flatMap(([path]) => (path === '' ? [] : [path]));
}
