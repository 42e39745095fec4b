# Reads the program into this POSIX shell and reports how it ended on descriptor 9, as fields that
# end in NUL. Called with: sh -e -c <this> <file name> [<plan>], where the plan is a script that reads
# the programs which come before.
__stillruns_program=./$0
__stillruns_file=$PWD/$0
__stillruns_told=
# What is told stands between two copies of this, which children do not inherit. The other one
# marks the end of a step in the output.
read -r __stillruns_mark <&9
read -r __stillruns_word <&9
__stillruns_begin() {
  __stillruns_program=$1
  __stillruns_file=$1
  printf %s "$__stillruns_mark.$__stillruns_mark" >&9
}
__stillruns_end() {
  if [ -z "$__stillruns_told" ]; then
    __stillruns_told=1
    if [ "$1" -eq 2 ] && ! __stillruns_message=$(sh -n "$__stillruns_file" 2>&1); then
      printf '%ssyntax\0%s\0%s' "$__stillruns_mark" "$__stillruns_message" "$__stillruns_mark" >&9
    else
      printf '%s%s\0%s\0%s' "$__stillruns_mark" "$2" "$1" "$__stillruns_mark" >&9
    fi
  fi 2>/dev/null
}
__stillruns_step() {
  printf '\0%s\0' "$__stillruns_word" >&8
  printf '\0%s\0' "$__stillruns_word" >&7
  printf '%sstep\0%s\0%s' "$__stillruns_mark" "$1" "$__stillruns_mark" >&9
  return "$1"
}
trap '__stillruns_end "$?" stopped' EXIT
if [ "$#" -gt 0 ]; then
  __stillruns_plan=$1
  shift
  . "$__stillruns_plan"
fi
. "$__stillruns_program"
__stillruns_status=$?
if [ "$__stillruns_status" -eq 0 ]; then
  __stillruns_end 0 completed
else
  __stillruns_end "$__stillruns_status" stopped
fi
exit "$__stillruns_status"
