# Comes before the program, by way of BASH_ENV; reports how the program ended on descriptor 199 as
# fields that end in NUL. It only listens: what the program does, prints and returns stays Bash's.
# The functions shadow `exit` and `trap` to learn where the end came from, and to keep our own trap
# when the program sets one. Redirections of 2 keep all this out of a program's `set -x`.
unset BASH_ENV
__stillruns_pid=$BASHPID
__stillruns_main=$0
__stillruns_file=$PWD/$0
__stillruns_depth=2
__stillruns_exit=''
__stillruns_failed=''
__stillruns_stops=''
__stillruns_left=''
__stillruns_user=''
# What is told stands between two copies of this, which its children do not inherit. The other one
# marks the end of a step in the output.
IFS= read -r -u 199 __stillruns_mark
IFS= read -r -u 199 __stillruns_word

__stillruns_tell() {
  # A subshell must not speak for the program.
  if [[ $BASHPID == "$__stillruns_pid" ]]; then
    local fields
    builtin printf -v fields '%%s\\000%.0s' "$@"
    builtin printf "$__stillruns_mark$fields$__stillruns_mark" "$@" >&199
  fi
}

# Called where programs come before this one, with the path of that which begins now, and how many
# calls lie below it and its own.
__stillruns_begin() {
  __stillruns_main=$1
  __stillruns_file=$1
  __stillruns_depth=$2
  builtin printf %s "$__stillruns_mark.$__stillruns_mark" >&199
}

# Called where the program is a session. What is typed may send the output elsewhere, so it is kept
# under another number.
__stillruns_session() {
  exec 198>&1 197>&2
}

# Called behind every step, with its status; passes it on.
__stillruns_step() {
  {
    builtin printf '\0%s\0' "$__stillruns_word" >&198
    builtin printf '\0%s\0' "$__stillruns_word" >&197
    __stillruns_tell step "$1"
  } 2>/dev/null
  return "$1"
}

# Called behind all steps: takes care that the program is not read once more.
__stillruns_over() {
  builtin exit 0
}

# Called by the ERR trap: keeps status, line and command of the latest failure.
__stillruns_err() {
  local status=$1 command=$2 line='' i
  for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
    if [[ ${BASH_SOURCE[i]} == "$__stillruns_main" ]]; then
      line=${BASH_LINENO[i - 1]}
      break
    fi
  done
  __stillruns_failed=$status
  __stillruns_line=$line
  __stillruns_command=$command
  if __stillruns_reader_left "$status" "$command" $3; then
    # Bash is about to stop here. Told not to, it is stopped below from then on.
    __stillruns_failed=''
    __stillruns_left=1
    [[ $- != *e* ]] || __stillruns_stops=1
    builtin set +e
    return
  fi
  __stillruns_left=''
  if [[ -n $__stillruns_stops && $BASHPID == "$__stillruns_pid" ]]; then
    builtin exit "$status"
  fi
}

# Whether nothing failed but what wrote to somebody who had read enough, as in `yes | head -n 1`:
# takes the status, the command and the statuses of all parts of the pipeline.
__stillruns_reader_left() {
  local status=$1 command=$2 part=0 count=0
  shift 2
  ((status == 141)) || return 1
  for part; do
    ((part == 0 || part == 141)) || return 1
    ((count += 1))
  done
  # The parts within `$(...)` are not told.
  ((count > 1 && part == 0)) || [[ $command == *'$('* || $command == *'`'* ]]
}

# Called first in the EXIT trap; returns the status that it was called with.
__stillruns_end() {
  local status=$? command=$1 message
  if [[ -n $__stillruns_exit || $command == exit || $command == 'exit '* ]]; then
    __stillruns_tell exit "$status" $__stillruns_exit
  elif ((status == 0)) || [[ $status == 141 && -n $__stillruns_left ]]; then
    __stillruns_tell completed
  elif [[ $__stillruns_failed == "$status" ]]; then
    __stillruns_tell status "$status" "$__stillruns_line" "${__stillruns_command:0:500}"
  elif ((status == 2)) && ! message=$("$BASH" -n "$__stillruns_file" 2>&1); then
    __stillruns_tell syntax "$message"
  else
    __stillruns_tell status "$status" '' "${command:0:500}"
  fi
  return "$status"
}

exit() {
  { local status=$?; builtin set +x; } 2>/dev/null
  # The line of the call, and the line of the top-level statement that led to it.
  __stillruns_exit="${BASH_LINENO[0]} ${BASH_LINENO[${#BASH_LINENO[@]} - __stillruns_depth]}"
  if (($#)); then builtin exit "$@"; else builtin exit "$status"; fi
}

trap() {
  if [[ $BASHPID != "$__stillruns_pid" ]]; then
    builtin trap "$@"
  else
    local before now
    before=$(builtin trap -p EXIT)
    builtin trap "$@" || return
    now=$(builtin trap -p EXIT)
    if [[ $now != "$before" ]]; then
      eval "builtin set -- $now"
      __stillruns_user=${3-}
      __stillruns_arm
    fi
  fi
}

# The branches give the program's own trap the status in `$?`, without tripping over `set -e`.
__stillruns_arm() {
  builtin trap 'if { __stillruns_end "$BASH_COMMAND"; } 2>/dev/null; then eval "$__stillruns_user"
else eval "$__stillruns_user"; fi' EXIT
}

__stillruns_arm
builtin trap '{ __stillruns_err "$?" "$BASH_COMMAND" "${PIPESTATUS[*]}"; } 2>/dev/null' ERR
set -E
