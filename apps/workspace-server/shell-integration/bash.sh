# Sourced by an interactive bash after the student's own start-up files. Tells the server which command
# line was read, how it ended and where the shell is, as private OSC 7717 messages that the server takes
# out of the output again. The nonce is a shell variable, never in the environment.

# $1 name of the variable that receives the text, $2 text. Everything that the terminal line discipline
# or our framing could change is written as \xHH.
__atelier_escape() {
  # No name of a local may be one that a caller passes as $1.
  local LC_ALL=C __text="$2"
  # Escaped it is up to four times as long; the server keeps less, and takes no longer message for ours.
  __text=${__text:0:32768}
  __text=${__text//\\/\\\\}
  __text=${__text//;/\\x3b}
  __text=${__text//$'\n'/\\x0a}
  __text=${__text//$'\r'/\\x0d}
  __text=${__text//$'\t'/\\x09}
  __text=${__text//$'\a'/\\x07}
  __text=${__text//$'\e'/\\x1b}
  if [[ $__text == *[$'\x01'-$'\x1f'$'\x7f']* ]]; then
    local __code __char __hex
    for __code in 1 2 3 4 5 6 8 11 12 14 15 16 17 18 19 20 21 22 23 24 25 26 28 29 30 31 127; do
      builtin printf -v __hex '\\x%02x' "$__code"
      builtin printf -v __char "$__hex"
      __text=${__text//"$__char"/$__hex}
    done
  fi
  builtin printf -v "$1" '%s' "$__text"
}

__atelier_say() {
  builtin printf '\e]7717;%s;%s\a' "$__atelier_nonce" "$1"
}

# Expanded (in a subshell) after a command line was read and before it runs. Of several lines that were pasted
# at once bash runs one after the other without a prompt between: so how the one before ended, and where the
# shell is now, is said here too.
__atelier_start() {
  local status=$? entry text number cwd
  # A Ctrl-C right after Enter would end this subshell alone: the command would run, and nobody would be told.
  builtin trap '' INT QUIT TSTP
  entry=$(HISTTIMEFORMAT='' builtin history 1 2>/dev/null) || :
  number=${entry%%[!0-9 *]*}
  number=${number//[!0-9]/}
  if [[ :$SHELLOPTS: == *:history:* && -n $number && ( $number != "${__atelier_number-}" || $__atelier_same == 1 ) ]]; then
    text=${entry#"${entry%%[![:space:]]*}"}
    text=${text#"$number"}
    text=${text#\*}
    text=${text#"  "}
  else
    # With the history off (set +o history) bash has no way to tell; the server writes that down.
    text=
  fi
  __atelier_escape text "$text"
  __atelier_escape cwd "$PWD"
  __atelier_say "S;$text;$status;$cwd"
}

# bash before 4.4 has no PS0: what was run is told when it is over, from the history.
__atelier_late() {
  local entry text number
  entry=$(HISTTIMEFORMAT='' builtin history 1 2>/dev/null) || :
  number=${entry%%[!0-9 *]*}
  number=${number//[!0-9]/}
  [[ -n ${__atelier_number+set} && $number != "$__atelier_number" ]] || return 0
  text=${entry#"${entry%%[![:space:]]*}"}
  text=${text#"$number"}
  text=${text#\*}
  text=${text#"  "}
  __atelier_escape text "$text"
  __atelier_say "S;$text"
}

# Whether the student does not want this entry in the history: a space before it, HISTIGNORE, or a
# HISTSIZE of 0, until it is another.
__atelier_is_unwanted() {
  [[ ${__atelier_ignorespace-} == 1 && $1 =~ ^[[:space:]]*[0-9]+\*?\ \ [[:space:]] ]] && return 0
  local text=${1#"${1%%[![:space:]]*}"} patterns pattern
  text=${text#"${text%%[!0-9*]*}"}
  text=${text#  }
  [[ ${HISTSIZE-} == 499 ]] || __atelier_zero=0
  [[ ${__atelier_zero-} == 1 ]] && return 0
  [[ -n ${__atelier_ignore-} ]] || return 1
  IFS=: read -r -a patterns <<< "$__atelier_ignore"
  for pattern in "${patterns[@]}"; do
    [[ $text == $pattern ]] && return 0
  done
  return 1
}

# Whether the variable $1 is read-only: assigned to all the same, it would end the hook before it is done.
__atelier_is_fixed() {
  [[ $(builtin declare -p "$1" 2>/dev/null) =~ ^declare\ -[A-Za-z]*r ]]
}

__atelier_prompt() {
  local status=$? cwd kept=0 count='\#'
  # How many commands bash itself has read by now: each of them must have been told by a start.
  if [[ $__atelier_old == 0 ]]; then count=${count@P}; else count=; __atelier_late; fi
  __atelier_escape cwd "$PWD"
  __atelier_say "E;$status;$cwd;$count"
  __atelier_say "P;$cwd"
  # The student's wish to keep lines out of the history is honoured here and not by bash, which would
  # otherwise keep them from us too.
  case ${HISTCONTROL-} in
    *ignoreboth* | *ignorespace*)
      if __atelier_is_fixed HISTCONTROL; then
        kept=1
      else
        __atelier_ignorespace=1
        HISTCONTROL=${HISTCONTROL/ignoreboth/ignoredups}
        HISTCONTROL=${HISTCONTROL/ignorespace/}
      fi
      ;;
  esac
  if [[ -n ${HISTIGNORE-} ]]; then
    if __atelier_is_fixed HISTIGNORE; then kept=1; else __atelier_ignore=$HISTIGNORE; HISTIGNORE=; fi
  fi
  local last number
  last=$(HISTTIMEFORMAT='' builtin history 1 2>/dev/null) || :
  number=${last%%[!0-9 *]*}
  number=${number//[!0-9]/}
  if [[ $number != "${__atelier_number-}" ]] && __atelier_is_unwanted "$last"; then
    builtin history -d -1 2>/dev/null || :
    last=$(HISTTIMEFORMAT='' builtin history 1 2>/dev/null) || :
  fi
  if [[ ${HISTSIZE-1} == 0 ]] && ! __atelier_is_fixed HISTSIZE; then __atelier_zero=1; HISTSIZE=499; fi
  __atelier_number=${last%%[!0-9 *]*}
  __atelier_number=${__atelier_number//[!0-9]/}
  # A repeated line gets no new number while duplicates are ignored or erased. Where bash itself keeps lines out,
  # the same number may stand for one of those: then nobody knows what was run, and that is what is told.
  __atelier_same=0
  [[ $kept == 1 || ( ${HISTCONTROL-} != *ignoredups* && ${HISTCONTROL-} != *erasedups* ) ]] || __atelier_same=1
  # Without them a command of several lines is several entries, of which only the last would be told.
  # And without promptvars PS0 is printed as it is written.
  builtin shopt -s cmdhist lithist promptvars
  # Whoever replaced PS0 took the start messages away; put them back and keep theirs.
  [[ $__atelier_old == 1 || ${PS0-} == *__atelier_start* ]] || __atelier_is_fixed PS0 || PS0='$(__atelier_start)'"${PS0-}"
  # That a line only continues a command is said too: silence after Enter means that nobody reports.
  [[ ${PS2-} == *"$__atelier_nonce"* ]] || __atelier_is_fixed PS2 || PS2="\\[\\e]7717;$__atelier_nonce;C\\a\\]${PS2-}"
  return "$status"
}

shopt -s cmdhist lithist
__atelier_same=0
if (( BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404 )); then : "${__atelier_old:=1}"; else : "${__atelier_old:=0}"; fi
[[ $__atelier_old == 0 ]] || __atelier_say "L;basic"
[[ $__atelier_old == 1 ]] || PS0='$(__atelier_start)'"${PS0-}"
# The student's own commands see how the last one ended, in $?. With "&&" after it that is no failure of the
# prompt's, which under "set -e" would end the shell and otherwise set off a trap on ERR.
if [[ $(declare -p PROMPT_COMMAND 2>/dev/null) == 'declare -a'* ]]; then
  PROMPT_COMMAND=('__atelier_prompt && :' "${PROMPT_COMMAND[@]}")
else
  PROMPT_COMMAND="__atelier_prompt && :${PROMPT_COMMAND:+; $PROMPT_COMMAND}"
fi
