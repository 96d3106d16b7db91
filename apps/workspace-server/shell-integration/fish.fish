# The fish half of shell integration; see bash.sh for the messages.
function __atelier_escape
    set -l text (string join \n -- $argv | string collect --allow-empty)
    set text (string sub --length 32768 -- "$text" | string collect --allow-empty)
    set text (string replace --all '\\' '\\\\' -- "$text" | string collect --allow-empty)
    set text (string replace --all ';' '\\x3b' -- "$text" | string collect --allow-empty)
    set text (string replace --all \t '\\x09' -- "$text" | string collect --allow-empty)
    set text (string replace --all \e '\\x1b' -- "$text" | string collect --allow-empty)
    set text (string replace --all \a '\\x07' -- "$text" | string collect --allow-empty)
    set text (string replace --all \r '\\x0d' -- "$text" | string collect --allow-empty)
    string join '\\x0a' -- (string split \n -- "$text")
end

function __atelier_say
    printf '\e]7717;%s;%s\a' $__atelier_nonce $argv[1]
end

function __atelier_preexec --on-event fish_preexec
    __atelier_say "S;"(__atelier_escape $argv[1])
end

# Without the line that says where it was defined.
function __atelier_preexec_text
    functions __atelier_preexec | string match --invert '# Defined *'
end

function __atelier_prompt --on-event fish_prompt
    set -l exit_status $status
    set -l cwd (__atelier_escape $PWD)
    __atelier_say "E;$exit_status;$cwd"
    __atelier_say "P;$cwd"
    # Whoever took the start messages away, or what makes them: told, and put back.
    set -l now (__atelier_preexec_text)
    if test "$now" != "$__atelier_own"
        __atelier_say G
        functions --erase __atelier_preexec
        string join \n -- $__atelier_own | source
    end
end
set -g __atelier_own (__atelier_preexec_text)
