# The zsh half of shell integration; see bash.sh for the messages.
autoload -Uz add-zsh-hook

__atelier_escape() {
  emulate -L zsh
  setopt no_multibyte extended_glob
  local text=${1[1,32768]} char hex
  local -a match mbegin mend
  text=${text//\\/\\\\}
  text=${text//;/\\x3b}
  # Each control character that is there, and all of it at once.
  while [[ $text == (#b)*([$'\x01'-$'\x1f'$'\x7f'])* ]]; do
    char=$match[1]
    builtin printf -v hex '\\x%02x' "'$char"
    text=${text//$char/$hex}
  done
  REPLY=$text
}

__atelier_say() { builtin printf '\e]7717;%s;%s\a' "$__atelier_nonce" "$1"; }

# The line as it was typed: what preexec is given has been through HIST_REDUCE_BLANKS.
__atelier_zshaddhistory() {
  __atelier_line=${1%$'\n'}
  return 0
}

__atelier_preexec() {
  local REPLY
  __atelier_escape "${__atelier_line:-$1}"
  __atelier_line=
  __atelier_say "S;$REPLY"
}

__atelier_precmd() {
  local exit_status=$? REPLY name is_gone=0
  # As the student has set the options, arrays may begin at 0 and a text be a pattern.
  emulate -L zsh
  setopt no_aliases
  __atelier_line=
  __atelier_escape "$PWD"
  __atelier_say "E;$exit_status;$REPLY"
  __atelier_say "P;$REPLY"
  # Whoever took the start messages away, or what makes them: told, and put back.
  for name in ${(k)__atelier_own}; do
    [[ ${functions[$name]-} == "$__atelier_own[$name]" ]] || { is_gone=1; functions[$name]=$__atelier_own[$name] }
  done
  (( ${preexec_functions[(I)__atelier_preexec]} )) || is_gone=1
  if (( is_gone )); then
    __atelier_say "G"
    preexec_functions=(${preexec_functions:#__atelier_preexec} __atelier_preexec)
  fi
  # That a line only continues a command is said too: silence after Enter means that nobody reports.
  [[ $PS2 == *$__atelier_nonce* ]] || PS2=$'%{\e]7717;'$__atelier_nonce$';C\a%}'$PS2
  return $exit_status
}

typeset -g __atelier_line=
add-zsh-hook zshaddhistory __atelier_zshaddhistory
add-zsh-hook preexec __atelier_preexec
if (( ! ${+__atelier_own} )); then
  typeset -gA __atelier_own
  for __atelier_line in __atelier_escape __atelier_say __atelier_preexec; do
    __atelier_own[$__atelier_line]=${functions[$__atelier_line]}
  done
  typeset -gr __atelier_own
  __atelier_line=
fi
precmd_functions=(__atelier_precmd ${precmd_functions:#__atelier_precmd})
