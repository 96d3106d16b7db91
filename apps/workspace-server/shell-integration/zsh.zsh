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
  local exit_status=$? REPLY
  __atelier_line=
  __atelier_escape "$PWD"
  __atelier_say "E;$exit_status;$REPLY"
  __atelier_say "P;$REPLY"
  # Whoever took the start messages away, or what makes them: told, and put back.
  if (( ! ${preexec_functions[(I)__atelier_preexec]} )) || [[ ${functions[__atelier_preexec]-} != $__atelier_own ]]; then
    __atelier_say "G"
    functions[__atelier_preexec]=$__atelier_own
    preexec_functions=(${preexec_functions:#__atelier_preexec} __atelier_preexec)
  fi
  # That a line only continues a command is said too: silence after Enter means that nobody reports.
  [[ $PS2 == *$__atelier_nonce* ]] || PS2=$'%{\e]7717;'$__atelier_nonce$';C\a%}'$PS2
  return $exit_status
}

typeset -g __atelier_line=
add-zsh-hook zshaddhistory __atelier_zshaddhistory
add-zsh-hook preexec __atelier_preexec
typeset -g __atelier_own=${functions[__atelier_preexec]}
precmd_functions=(__atelier_precmd ${precmd_functions:#__atelier_precmd})
