# Reads the program into this POSIX shell and reports how it ended on descriptor 9, as fields that
# end in NUL. Called with: sh -e -c <this> <file name>
__stillruns_file=$PWD/$0
__stillruns_told=
__stillruns_end() {
  if [ -z "$__stillruns_told" ]; then
    __stillruns_told=1
    if [ "$1" -eq 2 ] && ! __stillruns_message=$(sh -n "$__stillruns_file" 2>&1); then
      printf 'syntax\0%s\0' "$__stillruns_message" >&9
    else
      printf '%s\0%s\0' "$2" "$1" >&9
    fi
  fi 2>/dev/null
}
trap '__stillruns_end "$?" stopped' EXIT
. "./$0"
__stillruns_status=$?
if [ "$__stillruns_status" -eq 0 ]; then
  __stillruns_end 0 completed
else
  __stillruns_end "$__stillruns_status" stopped
fi
exit "$__stillruns_status"
