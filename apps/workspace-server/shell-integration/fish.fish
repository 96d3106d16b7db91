# The fish half of shell integration; see bash.sh for the messages.
function __atelier_escape
    set -l text (builtin string join \n -- $argv | builtin string collect --allow-empty)
    set text (builtin string sub --length 32768 -- "$text" | builtin string collect --allow-empty)
    set text (builtin string replace --all '\\' '\\\\' -- "$text" | builtin string collect --allow-empty)
    set text (builtin string replace --all ';' '\\x3b' -- "$text" | builtin string collect --allow-empty)
    set text (builtin string replace --all \t '\\x09' -- "$text" | builtin string collect --allow-empty)
    set text (builtin string replace --all \e '\\x1b' -- "$text" | builtin string collect --allow-empty)
    set text (builtin string replace --all \a '\\x07' -- "$text" | builtin string collect --allow-empty)
    set text (builtin string replace --all \r '\\x0d' -- "$text" | builtin string collect --allow-empty)
    builtin string join '\\x0a' -- (builtin string split \n -- "$text")
end

function __atelier_say
    builtin printf '\e]7717;%s;%s\a' $__atelier_nonce $argv[1]
end

function __atelier_preexec --on-event fish_preexec
    __atelier_say "S;"(__atelier_escape $argv[1])
end

# What tells a start, without the lines that say where it was defined.
function __atelier_start_text
    for name in __atelier_escape __atelier_say __atelier_preexec
        builtin functions $name 2>/dev/null
    end | builtin string match --invert '# Defined *'
end

function __atelier_prompt --on-event fish_prompt
    set -l exit_status $status
    set -l cwd (__atelier_escape $PWD)
    __atelier_say "E;$exit_status;$cwd"
    __atelier_say "P;$cwd"
    # Whoever took the start messages away, or what makes them: told, and put back.
    set -l now (__atelier_start_text)
    if builtin test "$now" != "$__atelier_own"
        builtin functions --erase __atelier_preexec
        builtin string join \n -- $__atelier_own | builtin source
        __atelier_say G
    end
end
set -g __atelier_own (__atelier_start_text)
