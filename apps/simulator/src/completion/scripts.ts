/**
 * The few lines that tell a shell to ask priolab itself what may come next. They know no command
 * and no option. Nothing found leaves the word to the shell's own completion of file names.
 */

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** @param program the words that start this priolab, such as node and its script */
export function completionScript(shell: Shell, program: readonly string[]): string {
  const ask = [...program.map(singleQuoted), 'completion', 'words', '--'].join(' ');
  return scripts[shell](ask);
}

/** In quotes that all three shells read in the same way. */
function singleQuoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

const scripts: Readonly<Record<Shell, (ask: string) => string>> = {
  // Without `mapfile`, which the bash of macOS does not have.
  bash: (ask) => `# Completion of priolab in bash: source <(priolab completion bash)
_priolab() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <(${ask} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _priolab priolab
`,
  zsh: (ask) => `#compdef priolab
# Completion of priolab in zsh, after compinit: source <(priolab completion zsh)
_priolab() {
  local -a candidates
  candidates=(\${(f)"$(${ask} "\${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)"})
  if (( \${#candidates} )); then
    compadd -- "\${candidates[@]}"
  else
    _files
  fi
}
compdef _priolab priolab
`,
  fish: (ask) => `# Completion of priolab in fish: priolab completion fish | source
function __priolab_words
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  ${ask} $words[2..-1] "$current" 2>/dev/null
end
complete -c priolab -a '(__priolab_words)'
`,
};
